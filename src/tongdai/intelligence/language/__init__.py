"""What a written sentence wants, which language it is in, and whether its writer is angry."""
