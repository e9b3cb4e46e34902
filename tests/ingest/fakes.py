"""What ingest stands on, as small as the tests need it."""

import json
from collections.abc import Iterator, Sequence

import numpy as np

from devices.formats import Discovered
from devices.frames import Frame
from devices.readings import Block, Reading, SeriesKey, block_of, supersedes
from devices.sites import Device, Mounting, Registry, Site, SiteKind
from ingest.understood import Reach, Refusal, Seen, Stranger
from storage.errors import StoreUnavailableError
from storage.protocols import Aggregated, Column, Latest, Page, WriteResult

T0 = 1_795_421_700_000


def commune(devices: int = 50, *, model: str = "") -> Registry:
    """`devices` registered devices `d000`..., each mounted at a drain of its own since the beginning."""
    names = [f"d{number:03d}" for number in range(devices)]
    return Registry(
        sites={f"site-{name}": Site(f"site-{name}", SiteKind.DRAIN) for name in names},
        devices={name: Device(name, model=model) for name in names},
        mountings={name: (Mounting(name, f"site-{name}"),) for name in names},
    )


def own_uplink(number: int, *, devices: int = 50, timed: bool = True) -> tuple[str, bytes]:
    """Topic and payload of the `number`th uplink of that commune, with a key of its own."""
    message: dict[str, object] = {"seq": number, "readings": {"battery_pct": number % 100}}
    if timed:
        message["ts"] = T0 + number
    return f"kenh/v1/d{number % devices:03d}/up", json.dumps(message).encode()


class FakeReadings:
    """A readings store in memory; `down` makes it unavailable, `poison` fails for good on that quantity."""

    def __init__(self) -> None:
        self.rows: dict[tuple[SeriesKey, int], Reading] = {}
        self.down = False
        self.poison = ""
        self.refuse = ""
        self.writes = 0

    def write(self, readings: Sequence[Reading]) -> WriteResult:
        self.writes += 1
        if self.down:
            raise StoreUnavailableError("switched off")
        if any(reading.quantity == self.poison for reading in readings):
            raise ZeroDivisionError("the store stumbles over this one")
        refused = tuple((i, "no") for i, one in enumerate(readings) if one.quantity == self.refuse)
        for reading in readings:
            place = reading.key, reading.time_ms
            if reading.quantity != self.refuse and (
                place not in self.rows or supersedes(reading, self.rows[place])
            ):
                self.rows[place] = reading
        return WriteResult(len(readings) - len(refused), refused)

    def latest(self, site_ids: Sequence[str] | None = None) -> list[Latest]:
        raise NotImplementedError

    def range(
        self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int, *, limit: int | None = None
    ) -> list[Column]:
        columns = []
        for key in keys:
            rows = [one for (own, at), one in self.rows.items() if own == key and from_ms <= at < to_ms]
            rows = sorted(rows, key=lambda one: one.time_ms)[:limit]
            columns.append(
                Column(
                    key,
                    np.array([one.time_ms for one in rows], np.int64),
                    np.array([one.value for one in rows], np.float64),
                    np.array([one.qc for one in rows], np.uint8),
                )
            )
        return columns

    def page(
        self,
        *,
        site_id: str | None,
        channel: str | None,
        quantity: str | None,
        from_ms: int,
        to_ms: int,
        limit: int,
        after: tuple[int, str, str, str] | None,
    ) -> Page:
        raise NotImplementedError

    def aggregate(
        self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int, every_ms: int, tz: str
    ) -> list[Aggregated]:
        raise NotImplementedError

    def series(self, site_id: str | None = None) -> list[SeriesKey]:
        return sorted({key for key, _ in self.rows if site_id in {None, key.site_id}})

    def delete(self, keys: Sequence[SeriesKey], from_ms: int, to_ms: int) -> int:
        raise NotImplementedError

    def check(self) -> None:
        if self.down:
            raise StoreUnavailableError("switched off")

    def close(self) -> None:
        return None


class FakeFeed:
    """A feed in memory."""

    def __init__(self) -> None:
        self.batches: list[list[Reading]] = []

    def append(self, readings: Sequence[Reading]) -> int:
        self.batches.append(list(readings))
        return len(self.batches)

    def read(self, after: int, limit: int) -> Iterator[tuple[int, Block]]:
        chosen = self.batches[after : after + limit]
        return ((after + 1 + i, block_of(batch)) for i, batch in enumerate(chosen))

    def head(self) -> int:
        return len(self.batches)

    def trim(self, up_to: int) -> None:
        raise NotImplementedError


class FakeSink:
    """Keeps what it is given; `failure` is raised instead while it is set."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []
        self.strangers: list[Stranger] = []
        self.heard: list[Seen] = []
        self.frames: list[Frame] = []
        self.reach: list[Reach] = []
        self.sensors: list[Discovered] = []
        self.failure: Exception | None = None

    def rejected(self, rows: Sequence[Refusal]) -> None:
        self._fail()
        self.refusals += rows

    def quarantined(self, rows: Sequence[Stranger]) -> None:
        self._fail()
        self.strangers += rows

    def seen(self, rows: Sequence[Seen]) -> None:
        self._fail()
        self.heard += rows

    def framed(self, rows: Sequence[Frame]) -> None:
        self._fail()
        self.frames += rows

    def reached(self, rows: Sequence[Reach]) -> None:
        self._fail()
        self.reach += rows

    def discovered(self, rows: Sequence[Discovered]) -> None:
        self._fail()
        self.sensors += rows

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure
