"""The demo watched as the service does it: past and live uplinks through real formats and analytics."""

from collections.abc import Iterator
from typing import NamedTuple

from analytics.findings import Finding
from analytics.settings import AnalyticsSettings
from analytics.watch import advance, new_state, with_links
from devices.formats import parse
from devices.models import MODELS
from devices.normalise import normalise
from devices.readings import Reading, block_of
from devices.simulated.fleet import Fleet, SimulatedUplink
from devices.uplinks import Uplink


class Told(NamedTuple):
    """A finding as it stood so many seconds after the start (negative: in the imported past)."""

    at_s: float
    finding: Finding


def readings_of(fleet: Fleet, sent: SimulatedUplink, now_ms: int) -> Iterator[Reading]:
    """What ingest makes of one message of the fleet; anything refused fails the test."""
    for uplink in parse(sent.topic, sent.payload, now_ms):
        assert isinstance(uplink, Uplink), uplink
        device = fleet.registry.devices[uplink.device_id]
        mounting = fleet.registry.mounting_at(device.id, now_ms)
        assert mounting is not None
        model = MODELS.get(device.model)
        measured = uplink.measured
        if model is not None:
            decoded = model.decode(uplink.payload or b"", uplink.f_port or 0)
            assert not decoded.errors
            measured = decoded.readings
        site = fleet.registry.sites[mounting.site_id]
        readings, rejected = normalise(uplink, measured, mounting, site, model, now_ms)
        assert not rejected
        yield from readings


def watch(fleet: Fleet, past_ms: int, live_s: int) -> list[Told]:
    """Everything that was told, in order: raised, updated and cleared."""
    start_ms = fleet.world.start_ms
    state = with_links(new_state(fleet.registry, AnalyticsSettings()), links(fleet))
    told: list[Told] = []
    for batch in fleet.history(start_ms - past_ms, start_ms):
        state, findings = advance(state, block_of(batch), 0)
        told += [Told((one.updated_ms - start_ms) / 1000, one) for one in findings]
    for second in range(1, live_s + 1):
        now_ms = start_ms + second * 1000
        readings = [
            reading
            for sent in fleet.uplinks(now_ms - 1000, now_ms)
            for reading in readings_of(fleet, sent, now_ms)
        ]
        state, findings = advance(state, block_of(readings), now_ms)
        told += [Told(second, one) for one in findings]
    return told


def links(fleet: Fleet) -> dict[str, tuple[str, ...]]:
    """Which gateways hear which site."""
    heard: dict[str, set[str]] = {}
    for probe in fleet.probes:
        heard.setdefault(probe.site.id, set()).update(fleet.heard_by(probe.device.id))
    return {site_id: tuple(sorted(ids)) for site_id, ids in heard.items() if ids}
