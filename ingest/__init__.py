"""Floor 6, the edge where uplinks come in: receive, journal, decode, normalise, write."""
