"""Waste points: containers that are full."""
