"""The errors a person at the command line sees as one plain sentence.

StartError      the service cannot start, and what would help
"""


class StartError(Exception):
    """The service cannot start; the text says why and what to do."""
