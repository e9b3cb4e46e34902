"""Uplinks: what a device said, before anybody has interpreted it, and why some are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from devices.readings import Qc

_NOTHING: Mapping[str, str] = MappingProxyType({})


class UplinkKind(StrEnum):
    """What sort of message this is. Only DATA carries measurements."""

    DATA = "data"
    JOIN = "join"
    STATUS = "status"
    OTHER = "other"


class GatewayRx(NamedTuple):
    """One gateway that heard the uplink."""

    gateway_id: str
    rssi_dbm: float | None = None
    snr_db: float | None = None


class Measured(NamedTuple):
    """One measured value, in a quantity's unit, before it is tied to a site.

    `time_ms` is None for "the uplink's own time"; history inside an uplink carries its own.
    """

    quantity: str
    value: float
    unit: str
    qc: int = Qc.GOOD
    time_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a codec made of a payload. `errors` set means the payload could not be read at all."""

    readings: tuple[Measured, ...] = ()
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


class Uplink(NamedTuple):
    """One message from a device, with its envelope opened and its payload still raw.

    A named tuple, because ingest makes thousands of them a second.

    Exactly one of `payload` (bytes for a codec, with `f_port`) and `measured` (formats that name their
    quantities themselves) is set on DATA uplinks. `time_ms` is the best time the message itself states, None
    where it states none; `gateway_ms` is what the gateway or network server put beside it, where the two
    are different clocks. `devices.clock` chooses. `seq` is the frame counter, or the device's own.
    `application` is the network server's id of the application, needed to answer the device.
    `simulated` uplinks never raise an alarm.
    """

    device_id: str
    kind: UplinkKind = UplinkKind.DATA
    time_ms: int | None = None
    seq: int | None = None
    f_port: int | None = None
    payload: bytes | None = None
    measured: tuple[Measured, ...] = ()
    gateways: tuple[GatewayRx, ...] = ()
    dev_addr: str = ""
    name: str = ""
    model_hint: str = ""
    simulated: bool = False
    warnings: tuple[str, ...] = ()
    attributes: Mapping[str, str] = _NOTHING
    gateway_ms: int | None = None
    application: str = ""
    spreading_factor: int | None = None


class RejectReason(StrEnum):
    """Why something was refused: also the metric label and the word in the runbook."""

    UNKNOWN_TOPIC = "unknown_topic"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    BAD_SHAPE = "bad_shape"
    BAD_DEVICE_ID = "bad_device_id"
    BAD_TIME = "bad_time"
    NOT_FINITE = "not_finite"
    UNKNOWN_QUANTITY = "unknown_quantity"
    NO_CODEC = "no_codec"
    CODEC_FAILED = "codec_failed"
    NOT_MOUNTED = "not_mounted"
    NO_GEOMETRY = "no_geometry"
    CLOCK = "clock"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refusal as a value: bad data is ordinary. `detail` says what was found and what would do."""

    reason: RejectReason
    detail: str
    device_id: str = ""
