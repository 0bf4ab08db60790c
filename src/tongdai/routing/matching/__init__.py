"""Matching contacts and agents in memory, in order, without I/O."""
