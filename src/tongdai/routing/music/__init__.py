"""What those hear who wait: a tenant's pieces of music, and which queue plays which."""
