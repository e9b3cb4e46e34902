"""Floor 2: what the readings mean. Pure numpy: (state, block of readings, now) in, (state, findings) out."""
