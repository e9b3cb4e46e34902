"""Drains and canals: dry-weather normal, blockage, backwater, flooding."""
