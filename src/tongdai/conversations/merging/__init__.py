"""One conversation is shown in another, and stands by itself again: a merge is a pointer that can be taken back."""
