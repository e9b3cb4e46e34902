"""Floor 3: what to do about it. Pure: findings, open work orders and `now` in, changes and sentences out."""
