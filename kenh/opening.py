"""Opening what ingest stands on without starting the service, for commands that work on the data folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ingest.codecs import CodecLibrary, CodecPool
from ingest.counters import IngestCounters
from ingest.dealing import Dealing, IngestSink
from kenh.listening import Listening
from kenh.settings import Settings
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from storage.state import State


@contextmanager
def opened_dealing(
    settings: Settings, state: State, sink: IngestSink, counters: IngestCounters
) -> Iterator[Dealing]:
    """The way from a raw record to the stores, as the service has it; closed at the end.

    Raises StorageError, and ValueError for settings that make no sense.
    """
    asked = settings.ingest
    listening = Listening(state, asked.topics, asked.discovery, asked.time_zone)
    with ExitStack() as down:
        readings = SqliteReadings(settings.data / "readings.db")
        down.callback(readings.close)
        feed = SqliteFeed(settings.data / "readings.db")
        down.callback(feed.close)
        checks = CodecPool(dict)
        down.callback(checks.close)
        library = CodecLibrary(settings.data / "codecs", checks.run)
        pool = CodecPool(library.codecs, workers=asked.codec_workers)
        down.callback(pool.close)
        with state.snapshot() as tx:
            registry = tx.registry.load()
        yield Dealing(readings, feed, lambda: registry, sink, counters, parse=listening.parse, codecs=pool)
