"""The errors of storage.

StorageError
├── StoreUnavailableError   trying again may help (down, locked, disk full)
├── ConflictError           somebody else saved first: load and decide again
└── MigrationError          the data is newer than this code, or a migration failed
"""


class StorageError(Exception):
    """Anything storage cannot continue from. `retryable` says whether trying again can help."""

    retryable = False


class StoreUnavailableError(StorageError):
    """The store does not answer or has no room."""

    retryable = True


class ConflictError(StorageError):
    """A work order changed between loading and saving it."""

    retryable = True

    def __init__(self, order_id: str) -> None:
        super().__init__(f"work order {order_id} was changed by somebody else")
        self.order_id = order_id


class MigrationError(StorageError):
    """The state file cannot be brought to this version."""
