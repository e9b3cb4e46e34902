"""What HTTP needs of the rest of the house; `kenh/app.py` hands it in."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from analytics.watch import NormalBand
from devices.formats import Parsed, parse
from devices.uplinks import Decoded
from storage.protocols import Feed, ReadingsStore
from storage.state import State


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must work before this service is ready. `detail` says what is wrong and what to do."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the parts that HTTP cannot see for itself are doing (broker, ingest lag, disk)."""

    checks: tuple[Check, ...] = ()

    @property
    def ok(self) -> bool:
        """Does everything work?"""
        return all(check.ok for check in self.checks)


class MapLine(Protocol):
    """A river, canal or dyke drawn under the points: a labelled line."""

    @property
    def kind(self) -> str:
        """`river`, `canal` or `dyke`."""
        ...

    @property
    def label_vi(self) -> str:
        """Its name in Vietnamese."""
        ...

    @property
    def label_en(self) -> str:
        """Its name in English."""
        ...

    @property
    def points(self) -> Sequence[tuple[float, float]]:
        """(lat, lon), in order."""
        ...


def never() -> bool:
    """A service that is not stopping."""
    return False


def no_codecs() -> Collection[str]:
    """An installation without codecs of its own."""
    return ()


@dataclass(frozen=True, slots=True)
class ApiPorts:
    """Everything `create_app` stands on.

    `place_vi` and `place_en` name the commune; `rainy_scenario` says that a demo in the dry season plays
    the rainy one.

    `clock` gives epoch milliseconds. `anonymous_viewer` lets a loopback address read without a key (the
    demo only). `band(site_id, channel)` is what is usual by hour of the day, None while it is being learnt.
    `health` is asked on every `/readyz`. `stopping` ends open event streams when the server is shutting
    down; without it they keep a shutdown waiting until the reader leaves.

    `feed` hears what people report, so that it is judged like what devices say. `parse(topic, payload,
    received_ms)` opens an uplink's envelope, by the formats this installation listens to.
    `take_uplinks` takes (topic, payload) pairs, which are on disk when it returns; it raises OSError, or
    an error with `retryable`, where trying again may help. `recent_uplinks(device_id, limit)` gives a
    device's newest raw uplinks as (received_ms, topic, payload), newest first. Both are None in a process
    that does not ingest.

    `codecs()` names the models that codecs of the user's decode, `decode(model, payload, f_port)` runs one of
    them and never raises; without them there are only the native models. New sites belong to `commune_id`.
    """

    state: State
    readings: ReadingsStore
    clock: Callable[[], int]
    version: str
    demo: bool
    anonymous_viewer: bool
    public_url: str
    band: Callable[[str, str], NormalBand | None]
    health: Callable[[], Health]
    metrics_registry: CollectorRegistry
    map_lines: Sequence[MapLine] = field(default=())
    place_vi: str = ""
    place_en: str = ""
    rainy_scenario: bool = False
    stopping: Callable[[], bool] = never
    feed: Feed | None = None
    parse: Callable[[str, bytes, int], Sequence[Parsed]] = parse
    take_uplinks: Callable[[Sequence[tuple[str, bytes]]], None] | None = None
    recent_uplinks: Callable[[str, int], Sequence[tuple[int, str, bytes]]] | None = None
    codecs: Callable[[], Collection[str]] = no_codecs
    decode: Callable[[str, bytes, int], Decoded] | None = None
    commune_id: str = ""
