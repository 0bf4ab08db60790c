"""SQL of module analytics, by what it is about."""
