"""Values without a domain and without I/O: time, ids, phone numbers, text."""
