"""Floor 6, the edge people and systems look through: HTTP, the board, live updates."""
