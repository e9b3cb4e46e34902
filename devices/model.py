"""What is known of one device model; the list of them all is in `devices.models`."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.uplinks import Decoded


@dataclass(frozen=True, slots=True)
class Model:
    """One model of sensor unit, named `vendor/model`.

    `decode(payload, f_port)` never raises: what it cannot read is in `Decoded.errors`. `interval_s` is how
    often the device reports as delivered. `dead_zone_mm` and `max_range_mm` bound what a distance sensor
    can tell (None: it measures no distance); a mounting may narrow them.
    """

    name: str
    maker: str
    product: str
    use: str
    decode: Callable[[bytes, int], Decoded]
    interval_s: int
    dead_zone_mm: float | None
    max_range_mm: float | None
    quantities: tuple[str, ...]
    datasheet: str
