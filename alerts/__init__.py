"""Floor 6, the edge where messages leave: the outbox, its channels, and the crews' answers."""
