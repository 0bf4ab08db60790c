"""Working together on a call: those called into it, those parked, those who listen."""
