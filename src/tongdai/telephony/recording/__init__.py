"""What is said is kept: recorded, encoded, heard by those who may, erased in time."""
