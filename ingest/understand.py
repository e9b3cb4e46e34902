"""Understand: from raw records to readings and everything else there is to say about them.

Decode and normalise, one record after the other. Nothing here touches a machine but the codecs of users,
which run in workers of their own, and nothing a message holds can stop the next one: what fails becomes a
refusal with its record kept.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from devices import formats
from devices.clock import is_plausible, moment_of
from devices.formats import Discovered
from devices.frames import Frame
from devices.models import MODELS, Model
from devices.normalise import normalise
from devices.sites import Device, Mounting, Registry
from devices.uplinks import Decoded, Measured, Rejected, RejectReason, Uplink
from ingest.codecs import CodecRequest
from ingest.records import Raw
from ingest.segments import Position
from ingest.understood import Reach, Refusal, Seen, Stranger, Understood

__all__ = ["Codecs", "Refusal", "Seen", "Stranger", "Understanding", "Understood"]

_log = logging.getLogger(__name__)

#: Opens one message: (topic, payload, received at) to what stands in it.
Parse = Callable[[str, bytes, int], Sequence[Uplink | Rejected | Discovered]]


class Codecs(Protocol):
    """Codecs that users dropped in, by model."""

    def names(self) -> frozenset[str]:
        """The models they decode."""
        ...

    def decode(self, requests: Sequence[CodecRequest]) -> list[Decoded]:
        """What they make of payloads, in order; never raises."""
        ...


#: Values and where the device was when they were measured.
_AtMounting = tuple[Mounting | None, Sequence[Measured]]


class NoCodecs:
    """Nobody dropped one in."""

    def names(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def decode(self, requests: Sequence[CodecRequest]) -> list[Decoded]:
        """Never asked."""
        return [Decoded(errors=("there is no such codec",)) for _ in requests]


class _Heard(NamedTuple):
    """An uplink of a registered device: the record it came in, and the moment it is filed under."""

    place: Position
    raw: Raw
    uplink: Uplink
    device: Device
    model: Model | None
    sent_ms: int


class Understanding:
    """Decode and normalise under one registry at a time."""

    def __init__(
        self,
        registry: Callable[[], Registry],
        *,
        parse: Parse = formats.parse,
        codecs: Codecs | None = None,
        models: Mapping[str, Model] = MODELS,
    ) -> None:
        self._registry = registry
        self._parse = parse
        self._codecs = NoCodecs() if codecs is None else codecs
        self._models = models

    def understand(self, records: Iterable[tuple[Position, Raw]]) -> Understood:
        """All there is in a batch; `received_ms` of each record is taken as the time of its first receipt."""
        batch = _Batch(self._registry(), self._parse, self._models, self._codecs.names())
        out = batch.out
        for place, raw in records:
            mark = out.mark()
            try:
                batch.record(place, raw)
            except Exception as error:  # noqa: BLE001  see `_fail`
                _fail(out, mark, place, raw, error)
        if batch.waiting:
            self._ask_codecs(batch)
        return out

    def _ask_codecs(self, batch: "_Batch") -> None:
        """All payloads for users' codecs at once, so that the workers never wait for us."""
        waiting, out = batch.waiting, batch.out
        requests = [
            CodecRequest(
                one.device.model, one.uplink.payload or b"", one.uplink.f_port or 0, one.raw.received_ms
            )
            for one in waiting
        ]
        for one, decoded in zip(waiting, self._codecs.decode(requests), strict=True):
            mark = out.mark()
            try:
                batch.decoded(one, decoded)
            except Exception as error:  # noqa: BLE001  see `_fail`
                _fail(out, mark, one.place, one.raw, error)


def _fail(out: Understood, mark: tuple[int, ...], place: Position, raw: Raw, error: Exception) -> None:
    """A mistake of ours must cost one record, not the stream; half of what it gave is not kept."""
    _log.error("ingest: record %s of topic %r could not be understood", place, raw.topic, exc_info=error)
    out.undo(mark)
    out.refuse(place, raw, Rejected(RejectReason.INTERNAL, f"{type(error).__name__}: {error}"))


class _Batch:
    """One batch being understood."""

    def __init__(
        self, registry: Registry, parse: Parse, models: Mapping[str, Model], codec_names: frozenset[str]
    ) -> None:
        self.out = Understood()
        self.waiting: list[_Heard] = []
        self._registry = registry
        self._parse = parse
        self._models = models
        self._codec_names = codec_names

    def record(self, place: Position, raw: Raw) -> None:
        """Everything in one record, but for what waits for a user's codec."""
        out = self.out
        if raw.truncated:
            detail = "longer than 64 KiB; only its beginning is kept. Send less at once"
            out.refuse(place, raw, Rejected(RejectReason.TOO_LARGE, detail))
            return
        for parsed in self._parse(raw.topic, raw.payload, raw.received_ms):
            if isinstance(parsed, Uplink):
                self._uplink(place, raw, parsed)
            elif isinstance(parsed, Rejected):
                out.refuse(place, raw, parsed)
            else:
                self._discovered(raw, parsed)

    def _discovered(self, raw: Raw, sensor: Discovered) -> None:
        """A sensor announced itself: its device waits for somebody to adopt it, as if it had been heard."""
        self.out.discovered.append(sensor)
        if not sensor.removed and sensor.device_id not in self._registry.devices:
            self.out.strangers.append(
                Stranger(sensor.device_id, raw.received_ms, raw.topic, raw.payload, sensor.name, sensor.model)
            )

    def _uplink(self, place: Position, raw: Raw, uplink: Uplink) -> None:
        out = self.out
        if uplink.simulated:
            # The network server's own test button: it may neither raise an alarm nor move a statistic.
            out.simulated += 1
            return
        device = self._registry.devices.get(uplink.device_id)
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
        model = self._models.get(device.model)
        sent_ms = moment_of(uplink, raw.received_ms, device).time_ms
        one = _Heard(place, raw, uplink, device, model, sent_ms)
        self._note(one)
        if uplink.payload is None:
            out.without_data += not uplink.measured
            if uplink.measured:
                self._normalise(one._replace(model=None), uplink.measured)
        elif device.model in self._codec_names:
            self.waiting.append(one)
        elif model is None:
            known = ", ".join(sorted(self._models))
            detail = f"model {device.model!r} of the device is not known; set one of {known}"
            out.refuse(place, raw, Rejected(RejectReason.NO_CODEC, detail, device.id))
        else:
            self.decoded(one, model.decode(uplink.payload, uplink.f_port or 0))

    def _note(self, one: _Heard) -> None:
        """That the device was heard, by whom, with which frame, and how to answer it."""
        out, uplink, device_id = self.out, one.uplink, one.device.id
        if uplink.attributes.get("availability") == "offline":
            return  # its last will: the broker speaks, the device does not
        received_ms, gateways = one.raw.received_ms, uplink.gateways
        out.heard[device_id, None] = received_ms
        for gateway in gateways:
            out.heard[device_id, gateway.gateway_id] = received_ms
        if uplink.application:
            out.reach[device_id] = Reach(device_id, uplink.application, uplink.spreading_factor, received_ms)
        if uplink.seq is not None:
            heard_by = tuple([gateway.gateway_id for gateway in gateways])
            # By the moment it speaks of, so that a frame stands in one place whenever it reaches us.
            out.frames.append(Frame(device_id, uplink.dev_addr, uplink.seq, heard_by, one.sent_ms))

    def decoded(self, one: _Heard, decoded: Decoded) -> None:
        """Go on with what a codec made of a payload."""
        if decoded.errors:
            detail = f"{one.device.model}: {'; '.join(decoded.errors)}"
            self.out.refuse(one.place, one.raw, Rejected(RejectReason.CODEC_FAILED, detail, one.device.id))
        elif decoded.readings:
            self._normalise(one, decoded.readings)
        else:
            self.out.without_data += 1

    def _normalise(self, one: _Heard, measured: Sequence[Measured]) -> None:
        place, raw, uplink, device, model, sent_ms = one
        out, registry = self.out, self._registry
        here = registry.mounting_at(device.id, sent_ms)
        groups: Sequence[_AtMounting] = ((here, measured),)
        if any(value.time_ms is not None for value in measured):
            groups = _by_mounting(measured, one, registry)
        for mounting, values in groups:
            site = None if mounting is None else registry.sites.get(mounting.site_id)
            if mounting is None or site is None:
                detail = "the device is registered but was mounted nowhere at that time; mount it at a site"
                out.refuse(place, raw, Rejected(RejectReason.NOT_MOUNTED, detail, device.id))
                continue
            # Signal strength is of the uplink, so it belongs where the device is, not where it was.
            said = uplink if mounting is here else uplink._replace(gateways=())
            readings, refused = normalise(said, values, mounting, site, model, raw.received_ms, device)
            out.readings += readings
            out.origins += [(place, raw)] * len(readings)
            for why in refused:
                out.refuse(place, raw, why)


def _by_mounting(measured: Sequence[Measured], one: _Heard, registry: Registry) -> list[_AtMounting]:
    """Values by where the device was when they were measured: backfill may reach before a move."""
    groups: dict[int, tuple[Mounting | None, list[Measured]]] = {}
    for value in measured:
        own_ms = value.time_ms
        own_is_used = own_ms is not None and is_plausible(own_ms, one.raw.received_ms)
        mounting = registry.mounting_at(one.device.id, own_ms if own_is_used and own_ms else one.sent_ms)
        # By identity: they are the registry's own, and comparing them whole takes longer than all the rest.
        groups.setdefault(id(mounting), (mounting, []))[1].append(value)
    return list(groups.values())
