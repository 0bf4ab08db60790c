"""Files that people send each other in conversations."""
