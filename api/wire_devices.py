"""What travels about devices at work: signs, completeness, what was refused, and who is not adopted yet."""

from base64 import b64encode

from pydantic import BaseModel, Field

from api.board.reject_words import reason_remedy
from api.params import iso
from api.wire import LatestOut
from api.wire_ground import DeviceOut
from devices.frames import Completeness
from devices.signs import Sign
from devices.uplinks import Measured
from storage.state import QuarantineRow, RejectRow

#: How much of a payload is shown in a list.
_SHOWN = 256


class SignOut(BaseModel):
    """One thing an installer looks at: `state` is `ok`, `warn`, `bad` or `unknown`."""

    name: str
    state: str
    text_vi: str
    text_en: str

    @classmethod
    def of(cls, sign: Sign) -> "SignOut":
        """From a sign."""
        return cls(name=sign.name, state=sign.state.value, text_vi=sign.text_vi, text_en=sign.text_en)


class CompletenessOut(BaseModel):
    """How many frames of those sent in the last 24 hours arrived, by the device's own numbers.

    `missing` are ranges of frame numbers, both ends included. `by_gateway` is the share each gateway heard.
    """

    pct: float | None
    expected: int
    received: int
    missing: list[tuple[int, int]]
    by_gateway: dict[str, float]

    @classmethod
    def of(cls, found: Completeness) -> "CompletenessOut":
        """From frames that were counted."""
        return cls(
            pct=None if found.pct is None else round(found.pct, 1),
            expected=found.expected,
            received=found.received,
            missing=list(found.missing),
            by_gateway={gateway: round(share, 3) for gateway, share in found.by_gateway},
        )


class RejectOut(BaseModel):
    """An uplink that was refused, and why. `payload_hex` is its beginning."""

    id: int
    received_at: str
    topic: str
    device_id: str
    reason: str
    detail: str
    payload_hex: str

    @classmethod
    def of(cls, row: RejectRow) -> "RejectOut":
        """From a kept reject."""
        return cls(
            id=row.id,
            received_at=iso(row.received_ms),
            topic=row.topic,
            device_id=row.device_id,
            reason=str(row.reason),
            detail=row.detail,
            payload_hex=row.payload[:_SHOWN].hex(),
        )


class RejectWhole(RejectOut):
    """A refused uplink with all its bytes (`payload_text` too where they are UTF-8), and what would help."""

    payload_base64: str
    payload_text: str | None
    remedy_vi: str
    remedy_en: str

    @classmethod
    def whole(cls, row: RejectRow) -> "RejectWhole":
        """From a kept reject."""
        return cls(
            **RejectOut.of(row).model_dump(),
            payload_base64=b64encode(row.payload).decode(),
            payload_text=text_of(row.payload),
            remedy_vi=reason_remedy(row.reason, "vi"),
            remedy_en=reason_remedy(row.reason, "en"),
        )


class DeviceWhole(DeviceOut):
    """A device with what an installer and whoever looks after it want to know.

    `gateways` have heard it in the last 24 hours. `latest` are the newest readings of the channel it is on.
    """

    gateways: list[str]
    signs: list[SignOut]
    completeness: CompletenessOut
    latest: list[LatestOut]
    rejects: list[RejectOut]


class QuarantinedOut(BaseModel):
    """A device that speaks and that nobody has adopted yet."""

    device_id: str
    name: str
    model_hint: str
    topic: str
    first_seen: str
    last_seen: str
    messages: int

    @classmethod
    def of(cls, row: QuarantineRow) -> "QuarantinedOut":
        """From the quarantine."""
        return cls(
            device_id=row.device_id,
            name=row.name,
            model_hint=row.model_hint,
            topic=row.topic,
            first_seen=iso(row.first_ms),
            last_seen=iso(row.last_ms),
            messages=row.count,
        )


class MeasuredOut(BaseModel):
    """One value as the device would have it understood, before it is tied to a site."""

    quantity: str
    value: float | None
    unit: str
    qc: int
    time: str | None

    @classmethod
    def of(cls, measured: Measured) -> "MeasuredOut":
        """From a decoded value; one that is not finite is null."""
        finite = abs(measured.value) < float("inf")
        return cls(
            quantity=measured.quantity,
            value=measured.value if finite else None,
            unit=measured.unit,
            qc=measured.qc,
            time=None if measured.time_ms is None else iso(measured.time_ms),
        )


class QuarantinedWhole(QuarantinedOut):
    """An unknown device, its last message, and what `model` makes of it. `errors` say why nothing is."""

    payload_base64: str
    payload_text: str | None
    model: str = Field(description="The model it was read as; empty where the message names its quantities")
    readings: list[MeasuredOut]
    warnings: list[str]
    errors: list[str]


def text_of(payload: bytes) -> str | None:
    """The bytes as text, if they are UTF-8."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None
