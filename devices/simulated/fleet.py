"""The fleet: every device of a registry, its rhythm of reports, and what it sends.

`history` gives readings as they would have been stored; `uplinks` the messages devices publish. Both ask
the same world and the same sensors, so a curve goes on where the import ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from devices.readings import Qc, Reading, SeriesKey
from devices.simulated import radio
from devices.simulated.envelopes import Frame, Heard, chirpstack, own_json, things_stack
from devices.simulated.local_time import HOUR_MS
from devices.simulated.noise import F64, I64, pick
from devices.simulated.payloads import maker_payload, own_fields
from devices.simulated.sensors import Observed, Probe, battery, observe
from devices.simulated.story import Outage
from devices.simulated.world import World
from devices.sites import Registry, SiteKind

Bools = NDArray[np.bool_]

BATCH = 20_000
#: Frame counters start here, so that they stay positive through the imported weeks.
_FIRST_COUNT = 40_000
_CLOSE_MS = 60_000
_DEFAULT_MS = {SiteKind.WASTE_POINT: 900_000, SiteKind.WATCH_SPOT: 900_000, SiteKind.AIR: 900_000}
_WATER_MS = 600_000
_BATTERY_EVERY_MS = 12 * HOUR_MS
#: From the measurement to the message on the broker.
UNDERWAY_MS = 500
#: The common grid of the imported history ends this much before the start.
_GRID_BEFORE_MS = 1_000
#: Around the start no uplink is lost: no gap opens where the import meets the live reports, and for so long
#: before it that a watch which judges links by what they lost lately finds them sound.
_UNBROKEN_MS = 24 * HOUR_MS


class SimulatedUplink(NamedTuple):
    """One message: when it is sent, where to, and what."""

    at_ms: int
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """When a device reports: at `anchor_ms` and every `interval_ms` before and after it."""

    interval_ms: int
    anchor_ms: int

    def counts(self, from_ms: int, to_ms: int) -> range:
        """The numbers of the reports with from < time <= to; number 0 is the one at the anchor."""
        first = (from_ms - self.anchor_ms) // self.interval_ms + 1
        return range(first, (to_ms - self.anchor_ms) // self.interval_ms + 1)

    def times(self, counts: range) -> I64:
        """(n,) the moments of these reports."""
        return self.anchor_ms + np.arange(counts.start, counts.stop, dtype=np.int64) * self.interval_ms


class Fleet:
    """All devices that are mounted somewhere when the world starts."""

    def __init__(
        self,
        registry: Registry,
        world: World,
        *,
        things_stack_clusters: frozenset[str] = frozenset({"cum-van-duc"}),
    ) -> None:
        """Devices in `things_stack_clusters` come through The Things Stack, others through ChirpStack."""
        self.registry, self.world = registry, world
        self._things_stack = things_stack_clusters
        self.probes = tuple(probes_at(registry, world.start_ms))
        self._ears = {
            probe.device.id: radio.ears_of(probe, registry, well_heard=self._is_close(probe))
            for probe in self.probes
        }
        rhythms = [self._live_rhythm(probe) for probe in self.probes]
        self._intervals = np.array([rhythm.interval_ms for rhythm in rhythms], np.int64)
        self._anchors = np.array([rhythm.anchor_ms for rhythm in rhythms], np.int64)

    def history(self, from_ms: int, to_ms: int, batch: int = BATCH) -> Iterator[list[Reading]]:
        """Readings received with from < moment <= to as they would stand in the store, in order of time.

        Ordinary devices report on one common grid, so that few different times have to be judged.
        """
        from_ms, to_ms = from_ms - UNDERWAY_MS, to_ms - UNDERWAY_MS
        keys: list[SeriesKey] = []
        parts: list[tuple[int, I64, F64, F64]] = []
        for probe in self.probes:
            for time_ms, observed in self._past(probe, from_ms, to_ms):
                raw = np.full(len(time_ms), np.nan) if observed.raw is None else observed.raw
                parts.append((len(keys), time_ms, observed.value, raw))
                keys.append(SeriesKey(probe.site.id, probe.mounting.channel, observed.quantity))
        yield from _batches(keys, parts, batch)

    def uplinks(self, from_ms: int, to_ms: int) -> list[SimulatedUplink]:
        """What the fleet publishes with from < moment <= to, in order of time."""
        from_ms, to_ms = from_ms - UNDERWAY_MS, to_ms - UNDERWAY_MS
        before = (from_ms - self._anchors) // self._intervals
        due = np.flatnonzero((to_ms - self._anchors) // self._intervals > before)
        sent: list[SimulatedUplink] = []
        for place in due.tolist():
            probe = self.probes[place]
            rhythm = _Rhythm(int(self._intervals[place]), int(self._anchors[place]))
            counts = rhythm.counts(from_ms, to_ms)
            times = rhythm.times(counts)
            spoken = self._spoken(probe, rhythm, times)
            sent += [self._uplink(probe, rhythm, int(time)) for time in times[spoken]]
        return sorted(sent, key=lambda uplink: uplink.at_ms)

    def heard_by(self, device_id: str) -> tuple[str, ...]:
        """Ids of the gateways that hear a device; empty for one that needs none."""
        return tuple(ear.gateway.id for ear in self._ears[device_id])

    def _is_close(self, probe: Probe) -> bool:
        return probe.site.id in self.world.story.closely

    def _live_rhythm(self, probe: Probe) -> _Rhythm:
        interval_ms = _CLOSE_MS if self._is_close(probe) else _usual_ms(probe)
        spread_ms = round(pick(f"phase/{probe.device.id}") * interval_ms)
        phase_ms = self.world.story.phase_ms.get(probe.device.id, spread_ms)
        return _Rhythm(interval_ms, self.world.start_ms + phase_ms % interval_ms)

    def _past(self, probe: Probe, from_ms: int, to_ms: int) -> Iterator[tuple[I64, Observed]]:
        """Pieces of a device's past: on the usual grid, and every minute where the story looks closely."""
        closely_ms = (
            min(to_ms, max(from_ms, self.world.story.closely_from_ms)) if self._is_close(probe) else to_ms
        )
        phase_ms = self.world.story.phase_ms.get(probe.device.id, -_GRID_BEFORE_MS)
        pieces = ((_usual_ms(probe), from_ms, closely_ms), (_CLOSE_MS, closely_ms, to_ms))
        for interval_ms, begin_ms, end_ms in pieces:
            rhythm = _Rhythm(interval_ms, self.world.start_ms + phase_ms)
            times = rhythm.times(rhythm.counts(begin_ms, end_ms))
            times = times[self._spoken(probe, rhythm, times)]
            if len(times):
                for observed in observe(self.world, probe, times, times - interval_ms):
                    yield times, observed
        rhythm = _Rhythm(_BATTERY_EVERY_MS, self.world.start_ms + phase_ms)
        times = rhythm.times(rhythm.counts(from_ms, to_ms))
        times = times[~self._in_outage(probe, times)]
        if len(times):
            yield times, battery(probe, times)

    def _spoken(self, probe: Probe, rhythm: _Rhythm, time_ms: I64) -> Bools:
        """(n,) which of these reports are heard by anybody."""
        lost = radio.is_lost(probe, time_ms // rhythm.interval_ms)
        far = np.abs(time_ms - self.world.start_ms) > _UNBROKEN_MS
        exempt = self._is_close(probe)
        kept = np.ones(len(time_ms), np.bool_) if exempt else ~(lost & far)
        return kept & ~self._in_outage(probe, time_ms)

    def _in_outage(self, probe: Probe, time_ms: I64) -> Bools:
        outages = self.world.story.outages
        silent = _during(outages, probe.device.id, time_ms)
        ears = self._ears[probe.device.id]
        if ears:
            deaf = np.ones(len(time_ms), np.bool_)
            for ear in ears:
                deaf &= _during(outages, ear.gateway.id, time_ms)
            silent |= deaf
        return silent

    def _uplink(self, probe: Probe, rhythm: _Rhythm, time_ms: int) -> SimulatedUplink:
        counter = _FIRST_COUNT + (time_ms - self.world.start_ms) // rhythm.interval_ms
        if not probe.device.model:
            fields = own_fields(self.world, probe, time_ms, time_ms - rhythm.interval_ms)
            return SimulatedUplink(
                time_ms + UNDERWAY_MS, *own_json(probe.device.id, time_ms, counter, fields)
            )
        heard = [
            Heard(
                ear.gateway.id,
                ear.gateway.lat or 0.0,
                ear.gateway.lon or 0.0,
                *radio.signal(ear, probe, time_ms),
            )
            for ear in self._ears[probe.device.id]
            if self.world.story.silent_until_ms(ear.gateway.id, time_ms) is None
        ]
        frame = Frame(probe, time_ms, counter, *maker_payload(self.world, probe, time_ms), heard)
        if self.world.cluster_id(probe.site) in self._things_stack:
            return SimulatedUplink(time_ms + UNDERWAY_MS, *things_stack(frame))
        return SimulatedUplink(time_ms + UNDERWAY_MS, *chirpstack(frame, probe.site.village_id))


def probes_at(registry: Registry, at_ms: int) -> Iterator[Probe]:
    """Every device that is mounted somewhere at that moment."""
    for device_id, device in registry.devices.items():
        mounting = registry.mounting_at(device_id, at_ms)
        if mounting is not None:
            yield Probe(device, mounting, registry.sites[mounting.site_id])


def _usual_ms(probe: Probe) -> int:
    stated_s = probe.device.expected_interval_s
    return stated_s * 1000 if stated_s else _DEFAULT_MS.get(probe.site.kind, _WATER_MS)


def _during(outages: tuple[Outage, ...], name: str, time_ms: I64) -> Bools:
    """(n,) whether each moment lies in an outage of that device or gateway."""
    silent = np.zeros(len(time_ms), np.bool_)
    for outage in outages:
        if outage.id == name:
            silent |= (time_ms >= outage.from_ms) & (time_ms < outage.to_ms)
    return silent


def _batches(
    keys: list[SeriesKey], parts: list[tuple[int, I64, F64, F64]], batch: int
) -> Iterator[list[Reading]]:
    """All parts merged by time (ties: in the order of the parts), cut into lists of readings."""
    if not parts:
        return
    series = np.concatenate([np.full(len(times), number) for number, times, _, _ in parts])
    time_ms = np.concatenate([times for _, times, _, _ in parts])
    value = np.concatenate([values for _, _, values, _ in parts])
    raw = np.concatenate([raws for _, _, _, raws in parts])
    order = np.argsort(time_ms, kind="stable")
    for begin in range(0, len(order), batch):
        cut = order[begin : begin + batch]
        rows = zip(
            series[cut].tolist(), time_ms[cut].tolist(), value[cut].tolist(), raw[cut].tolist(), strict=True
        )
        yield [
            Reading(
                site_id,
                channel,
                quantity,
                at_ms,
                one,
                Qc.GOOD,
                None if isnan(seen) else seen,
                None,
                at_ms + UNDERWAY_MS,
            )
            for (site_id, channel, quantity), at_ms, one, seen in (
                (keys[number], at_ms, one, seen) for number, at_ms, one, seen in rows
            )
        ]
