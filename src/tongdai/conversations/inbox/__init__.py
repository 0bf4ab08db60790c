"""The inbox: all conversations in writing, found by where they stand, by what was written, by who has them."""
