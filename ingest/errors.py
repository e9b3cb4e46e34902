"""The errors of ingest.

IngestError
└── JournalError        the journal could not take a batch: nothing of it was kept, try again
    ├── JournalFull     no room left on the disk
    └── JournalInUse    another process writes this journal (trying again helps once it has ended)
"""


class IngestError(Exception):
    """Anything ingest cannot continue from. `retryable` says whether trying again can help."""

    retryable = False


class JournalError(IngestError):
    """The batch is not on disk, so it must not be acknowledged."""

    retryable = True


class JournalFull(JournalError):  # noqa: N818  a state of the disk, named as the runbook names it
    """The disk (or the quota) has no room for the batch."""


class JournalInUse(JournalError):  # noqa: N818  likewise
    """Another process holds the journal's lock."""
