"""Ways to reach a crew: one module each, all with the same `send`."""
