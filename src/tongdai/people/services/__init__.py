"""Use cases of module people, a file per noun."""
