"""One transaction on the state, as its repositories."""

from sqlalchemy import Connection

from storage.state.devices_seen import DevicesSeenRepository
from storage.state.discoveries import DiscoveryRepository
from storage.state.events import EventRepository
from storage.state.findings import FindingRepository
from storage.state.frames import FrameRepository
from storage.state.keys import KeyRepository
from storage.state.meta import MetaRepository
from storage.state.orders import OrderRepository
from storage.state.outbox import OutboxRepository
from storage.state.quarantine import QuarantineRepository
from storage.state.radio import RadioRepository
from storage.state.registry import LastRegistry, RegistryRepository
from storage.state.rejects import RejectRepository
from storage.state.watch import WatchRepository


class Tx:
    """What can be read and changed together. Valid until its transaction ends."""

    def __init__(self, connection: Connection, last: LastRegistry, *, committed: bool) -> None:
        self.registry = RegistryRepository(connection, last, committed=committed)
        self.findings = FindingRepository(connection)
        self.orders = OrderRepository(connection)
        self.events = EventRepository(connection)
        self.outbox = OutboxRepository(connection)
        self.keys = KeyRepository(connection)
        self.rejects = RejectRepository(connection)
        self.quarantine = QuarantineRepository(connection)
        self.devices_seen = DevicesSeenRepository(connection)
        self.frames = FrameRepository(connection)
        self.radio = RadioRepository(connection)
        self.discoveries = DiscoveryRepository(connection)
        self.watch = WatchRepository(connection)
        self.meta = MetaRepository(connection)
