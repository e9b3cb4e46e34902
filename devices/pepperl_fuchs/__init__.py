"""Devices of Pepperl+Fuchs: packages of length, a 16-bit name, and a value."""
