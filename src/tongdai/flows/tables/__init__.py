"""Data tables: small tables of a centre's own, in which flows look things up."""
