"""Module analytics keeps no tables of its own yet: live figures are held in memory and rebuilt from the others' tables."""
