"""The readings store and the feed in one SQLite file: the embedded default."""
