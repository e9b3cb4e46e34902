"""What HTTP needs of the rest of the house; `kenh/app.py` hands it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from analytics.watch import NormalBand
from storage.protocols import ReadingsStore
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


@dataclass(frozen=True, slots=True)
class ApiPorts:
    """Everything `create_app` stands on.

    `place_vi` and `place_en` name the commune; `rainy_scenario` says that a demo in the dry season plays
    the rainy one.

    `clock` gives epoch milliseconds. `anonymous_viewer` lets a loopback address read without a key (the
    demo only). `band(site_id, channel)` is what is usual by hour of the day, None while it is being learnt.
    `health` is asked on every `/readyz`. `stopping` ends open event streams when the server is shutting
    down; without it they keep a shutdown waiting until the reader leaves.
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
