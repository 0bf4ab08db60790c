"""Users, roles, teams, skills, presence, sign-in."""
