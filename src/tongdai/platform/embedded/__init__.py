"""The servers that Tongdai brings along (PostgreSQL, Asterisk, the edge) and their supervisor."""
