"""Whether trunks work: registered where they should be, reachable, and what was last answered."""
