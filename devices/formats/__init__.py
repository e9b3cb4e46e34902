"""Message formats: what a broker delivers becomes uplinks, or is rejected with a reason."""
