"""What is timed: `python -m bench` prints and keeps; `python -m bench.soak` is the long loss test."""
