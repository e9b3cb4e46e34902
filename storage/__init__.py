"""Floor 4: what is kept. Readings and feed behind small protocols, state in SQL."""
