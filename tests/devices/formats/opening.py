"""Opening one message in a test: the only thing in it, which must be an uplink or a refusal."""

from devices.formats import Formats, parse, read_routes
from devices.uplinks import Rejected, RejectReason, Uplink
from tests.devices.messages import RECEIVED_MS, as_bytes

OWN = "kenh/v1/bin-07/up"


def one_uplink(topic: str, body: object, received_ms: int = RECEIVED_MS) -> Uplink:
    """The only thing in a message, which must be an uplink."""
    (parsed,) = parse(topic, as_bytes(body), received_ms)
    assert isinstance(parsed, Uplink), parsed
    return parsed


def one_reason(topic: str, payload: bytes) -> RejectReason:
    """Why a message is refused as a whole."""
    (parsed,) = parse(topic, payload, RECEIVED_MS)
    assert isinstance(parsed, Rejected), parsed
    assert parsed.detail
    return parsed.reason


def routed(
    routes: str, topic: str, body: object, received_ms: int = RECEIVED_MS, time_zone: str = "Asia/Ho_Chi_Minh"
) -> list[Uplink | Rejected]:
    """What a message comes to under routes; bytes travel as they are, everything else as JSON."""
    formats = Formats(read_routes(routes), time_zone=time_zone)
    payload = body if isinstance(body, bytes) else as_bytes(body)
    parsed = formats.parse(topic, payload, received_ms)
    return [entry for entry in parsed if isinstance(entry, Uplink | Rejected)]


def routed_uplink(routes: str, topic: str, body: object, received_ms: int = RECEIVED_MS) -> Uplink:
    """The only thing in a message under routes, which must be an uplink."""
    (parsed,) = routed(routes, topic, body, received_ms)
    assert isinstance(parsed, Uplink), parsed
    return parsed


def routed_refusal(routes: str, topic: str, body: object) -> Rejected:
    """The only thing in a message under routes, which must be a refusal."""
    (parsed,) = routed(routes, topic, body)
    assert isinstance(parsed, Rejected), parsed
    assert parsed.detail
    return parsed


def values(uplink: Uplink) -> dict[str, float]:
    """What an uplink measured, by quantity."""
    return {one.quantity: one.value for one in uplink.measured}
