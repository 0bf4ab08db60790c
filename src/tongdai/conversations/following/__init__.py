"""Who follows a conversation that others have, and who is called into one by a note."""
