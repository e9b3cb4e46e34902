"""Understand: from raw records to readings and everything else there is to say about them.

Decode and normalise, one record after the other. Nothing here touches a machine, and nothing a message holds
can stop the next one: what fails becomes a refusal with its record kept.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from devices.clock import is_plausible, moment
from devices.formats import parse
from devices.models import MODELS, Model
from devices.normalise import normalise
from devices.readings import Reading
from devices.sites import Device, Mounting, Registry
from devices.uplinks import Measured, Rejected, RejectReason, Uplink
from ingest.records import Raw
from ingest.segments import Position

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of a message that was refused, and the message. `position` is its place in the journal."""

    position: Position
    received_ms: int
    topic: str
    payload: bytes
    device_id: str
    reason: RejectReason
    detail: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """An uplink of a device nobody has registered."""

    device_id: str
    at_ms: int
    topic: str
    payload: bytes
    name: str = ""
    model_hint: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A registered device was heard, by this gateway if one is named."""

    device_id: str
    received_ms: int
    gateway_id: str | None


@dataclass(slots=True)
class Understood:
    """What a batch of records came to.

    `readings[i]` came from the record `origins[i]`. `simulated` and `without_data` count uplinks that are
    neither stored nor refused.
    """

    readings: list[Reading] = field(default_factory=list)
    origins: list[tuple[Position, Raw]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    heard: dict[tuple[str, str | None], int] = field(default_factory=dict)
    simulated: int = 0
    without_data: int = 0

    @property
    def seen(self) -> list[Seen]:
        """Each device and gateway once, with the last time."""
        return [Seen(device, at_ms, gateway) for (device, gateway), at_ms in self.heard.items()]

    def refuse(self, place: Position, raw: Raw, why: Rejected) -> None:
        """Keep a refusal together with the record it came from."""
        self.refusals.append(
            Refusal(place, raw.received_ms, raw.topic, raw.payload, why.device_id, why.reason, why.detail)
        )


class Understanding:
    """Decode and normalise under one registry at a time."""

    def __init__(self, registry: Callable[[], Registry], models: Mapping[str, Model] = MODELS) -> None:
        self._registry = registry
        self._models = models

    def understand(self, records: Iterable[tuple[Position, Raw]]) -> Understood:
        """All there is in a batch; `received_ms` of each record is taken as the time of its first receipt."""
        result = Understood()
        registry = self._registry()
        for place, raw in records:
            fresh = Understood()
            try:
                self._record(place, raw, registry, fresh)
            except Exception as error:  # noqa: BLE001  see below
                # A mistake of ours must cost one record, not the stream; half of what it gave is not kept.
                _log.exception("ingest: record %s of topic %r could not be understood", place, raw.topic)
                fresh = Understood()
                fresh.refuse(place, raw, Rejected(RejectReason.INTERNAL, f"{type(error).__name__}: {error}"))
            _merge(fresh, into=result)
        return result

    def _record(self, place: Position, raw: Raw, registry: Registry, out: Understood) -> None:
        if raw.truncated:
            detail = "longer than 64 KiB; only its beginning is kept. Send less at once"
            out.refuse(place, raw, Rejected(RejectReason.TOO_LARGE, detail))
            return
        for parsed in parse(raw.topic, raw.payload, raw.received_ms):
            if isinstance(parsed, Rejected):
                out.refuse(place, raw, parsed)
            else:
                self._uplink(place, raw, parsed, registry, out)

    def _uplink(self, place: Position, raw: Raw, uplink: Uplink, registry: Registry, out: Understood) -> None:
        if uplink.simulated:
            # The network server's own test button: it may neither raise an alarm nor move a statistic.
            out.simulated += 1
            return
        device = registry.devices.get(uplink.device_id)
        if device is None:
            out.strangers.append(
                Stranger(
                    uplink.device_id,
                    raw.received_ms,
                    raw.topic,
                    raw.payload,
                    uplink.name,
                    uplink.model_hint,
                )
            )
            return
        out.heard[device.id, None] = raw.received_ms
        for gateway in uplink.gateways:
            out.heard[device.id, gateway.gateway_id] = raw.received_ms
        measured = self._decode(place, raw, uplink, device, out)
        if measured:
            self._normalise(place, raw, uplink, measured, registry, out)

    def _decode(
        self, place: Position, raw: Raw, uplink: Uplink, device: Device, out: Understood
    ) -> Sequence[Measured]:
        if uplink.payload is None:
            out.without_data += not uplink.measured
            return uplink.measured
        model = self._models.get(device.model)
        if model is None:
            known = ", ".join(sorted(self._models))
            detail = f"model {device.model!r} of the device is not known; set one of {known}"
            out.refuse(place, raw, Rejected(RejectReason.NO_CODEC, detail, device.id))
            return ()
        decoded = model.decode(uplink.payload, uplink.f_port or 0)
        if decoded.errors:
            detail = f"{model.name}: {'; '.join(decoded.errors)}"
            out.refuse(place, raw, Rejected(RejectReason.CODEC_FAILED, detail, device.id))
            return ()
        out.without_data += not decoded.readings
        return decoded.readings

    def _normalise(
        self,
        place: Position,
        raw: Raw,
        uplink: Uplink,
        measured: Sequence[Measured],
        registry: Registry,
        out: Understood,
    ) -> None:
        device = registry.devices[uplink.device_id]
        model = self._models.get(device.model)
        groups = _by_mounting(uplink, measured, registry, raw.received_ms)
        now_at = registry.mounting_at(device.id, moment(uplink.time_ms, raw.received_ms).time_ms)
        for mounting, values in groups.items():
            site = None if mounting is None else registry.sites.get(mounting.site_id)
            if mounting is None or site is None:
                detail = "the device is registered but was mounted nowhere at that time; mount it at a site"
                out.refuse(place, raw, Rejected(RejectReason.NOT_MOUNTED, detail, device.id))
                continue
            # Signal strength is of the uplink, so it belongs where the device is, not where it was.
            said = uplink if mounting == now_at else replace(uplink, gateways=())
            readings, refused = normalise(said, values, mounting, site, model, raw.received_ms)
            out.readings += readings
            out.origins += [(place, raw)] * len(readings)
            for why in refused:
                out.refuse(place, raw, why)


def _by_mounting(
    uplink: Uplink, measured: Sequence[Measured], registry: Registry, received_ms: int
) -> dict[Mounting | None, list[Measured]]:
    """Values by where the device was when they were measured: backfill may reach before a move."""
    groups: dict[Mounting | None, list[Measured]] = {}
    for value in measured:
        time_ms = value.time_ms
        if time_ms is None or not is_plausible(time_ms, received_ms):
            time_ms = moment(uplink.time_ms, received_ms).time_ms
        groups.setdefault(registry.mounting_at(uplink.device_id, time_ms), []).append(value)
    return groups


def _merge(fresh: Understood, *, into: Understood) -> None:
    into.readings += fresh.readings
    into.origins += fresh.origins
    into.refusals += fresh.refusals
    into.strangers += fresh.strangers
    into.heard.update(fresh.heard)
    into.simulated += fresh.simulated
    into.without_data += fresh.without_data
