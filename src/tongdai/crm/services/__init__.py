"""Use cases of module crm, a file per noun."""
