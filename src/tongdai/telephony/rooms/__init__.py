"""Conference rooms: extensions where whoever dials them hears the others."""
