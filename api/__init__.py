"""Floor 6, HTTP: the API for systems and the board for people."""
