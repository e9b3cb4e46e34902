"""Reports on frames: what each device is missing, and how much each gateway hears."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from devices.frames import Completeness, completeness
from storage.state import State

#: What was heard so long before a window says where a device's counter stood when it began.
_LEAD_MS = 24 * 3_600_000

Range = tuple[int, int]


class GatewayFrames(NamedTuple):
    """How much a gateway heard; `share`, 0 to 1, is of all frames that came by radio."""

    devices: int
    frames: int
    share: float


def completeness_of(
    state: State, device_ids: Sequence[str] | None, since_ms: int
) -> list[tuple[str, Completeness]]:
    """How many frames of each device arrived since then, by device; None asks for all that were heard.

    A device that was not heard, or numbers nothing, is not listed. The window reaches back to the beginning
    of a stretch of six hours.
    """
    with state.snapshot() as tx:
        if device_ids is None:
            heard = tx.frames.since(since_ms - _LEAD_MS)
        else:
            heard = {one: tx.frames.of_device(one, since_ms - _LEAD_MS) for one in device_ids}
    told = [(device_id, completeness(heard[device_id], since_ms)) for device_id in sorted(heard)]
    return [(device_id, one) for device_id, one in told if one.expected]


def missing_since(state: State, since_ms: int) -> list[tuple[str, tuple[Range, ...]]]:
    """The frames each device is missing that were sent after that time, by device: what an outage cost.

    A gap counts if the frame that ends it was heard since then. A device that has not spoken again is not
    listed: what it sent meanwhile is known once it does.
    """
    with state.snapshot() as tx:
        heard = tx.frames.since(since_ms - _LEAD_MS)
    told = [(device_id, completeness(heard[device_id], since_ms).missing) for device_id in sorted(heard)]
    return [(device_id, missing) for device_id, missing in told if missing]


def gateway_frames(state: State, since_ms: int) -> dict[str, GatewayFrames]:
    """What each gateway has heard since then; gateways that heard nothing are not listed."""
    with state.snapshot() as tx:
        heard = tx.frames.since(since_ms)
    devices: dict[str, int] = {}
    frames: dict[str, int] = {}
    total = 0
    for blocks in heard.values():
        by_radio: dict[tuple[str, int], int] = {}
        gateway_ids = set()
        for block in blocks:
            if block.gateway_id:
                place = (block.session, block.block)
                by_radio[place] = by_radio.get(place, 0) | block.seen
                gateway_ids.add(block.gateway_id)
                frames[block.gateway_id] = frames.get(block.gateway_id, 0) + block.seen.bit_count()
        for gateway_id in gateway_ids:
            devices[gateway_id] = devices.get(gateway_id, 0) + 1
        total += sum(seen.bit_count() for seen in by_radio.values())
    return {one: GatewayFrames(devices[one], frames[one], frames[one] / total) for one in sorted(frames)}


def in_words(ranges: Iterable[Range]) -> list[str]:
    """Ranges as people write them: `1834-1836`, `1900`."""
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
