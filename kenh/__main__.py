"""`python -m kenh` is the `kenh` program."""

from kenh.cli import main

main()
