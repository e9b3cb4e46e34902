"""What is known of one device model; the list of them all is in `devices.models`."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.uplinks import Decoded
from devices.vendor_fields import VendorField


@dataclass(frozen=True, slots=True)
class Model:
    """One model of sensor unit, named `vendor/model`.

    `decode(payload, f_port)` never raises: what it cannot read is in `Decoded.errors`. `interval_s` is how
    often the device reports as delivered. `dead_zone_mm` and `max_range_mm` bound what a distance sensor
    can tell (None: it measures no distance); a mounting may narrow them.

    `fields` says what the maker's own JavaScript codec calls the same values, so that such a codec can stand
    in for `decode`. `compensates` is False for an ultrasonic sensor that leaves the temperature of the air
    to us. `encode_interval(interval_s)` gives the port and payload of the downlink that changes how often the
    device reports, None where it takes none.
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
    fields: tuple[VendorField, ...] = ()
    compensates: bool = True
    encode_interval: Callable[[int], tuple[int, bytes]] | None = None
