"""Kênh on a real Mosquitto while things go wrong: is everything stored, and once?"""
