"""State: sites, devices, crews, findings, work orders, events, outbox, keys, in one SQL database.

`State` opens it, `Tx` is one transaction with a small repository for each kind of thing.
"""

from storage.state.keys import ApiKey, Session
from storage.state.outbox import OutboxRow
from storage.state.quarantine import QuarantineRow
from storage.state.rejects import RejectRow
from storage.state.state import State, sqlite_url
from storage.state.transaction import Tx
from storage.state.watch import WatchCheckpoint

__all__ = [
    "ApiKey",
    "OutboxRow",
    "QuarantineRow",
    "RejectRow",
    "Session",
    "State",
    "Tx",
    "WatchCheckpoint",
    "sqlite_url",
]
