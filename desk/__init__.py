"""Floor 5, the use cases: load, ask the pure floors, save state, event and outbox in one transaction."""
