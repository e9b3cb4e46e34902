"""How long a LoRaWAN frame is on the air, and how often a device may therefore report.

The formula is the LoRa modem's own (Semtech SX1276 data sheet, 4.1.1.7; application note AN1200.13) for what
LoRaWAN devices send: 125 kHz, coding rate 4/5, explicit header, checksum, eight symbols of preamble.

For Vietnam's LPWAN band (920 to 923 MHz, LoRaWAN's AS923-2) the ministry drafted 1 % of the time for an end
device and 10 % for a gateway, after EN 300 220-2. Where a network enforces AS923's dwell time as well, no
frame may last longer than 400 ms.
"""

from math import ceil

#: Spreading factors LoRaWAN uses: each one more doubles the length of a symbol.
SPREADING_FACTORS = range(7, 13)
#: What a device whose spreading factor is not known is taken for: it is rarely worse under a cover.
ASSUMED_SF = 10
#: Around the payload of an uplink: header 1, address 4, control 1, counter 2, port 1, integrity code 4.
OVERHEAD_BYTES = 13
#: The longest frame where dwell time is limited (LoRaWAN Regional Parameters RP002, AS923).
DWELL_TIME_MS = 400.0
#: What a gateway may be on the air itself.
GATEWAY_SHARE = 0.1

_BANDWIDTH_KHZ = 125
_PREAMBLE_SYMBOLS = 8 + 4.25
_HEADER_SYMBOLS = 8
#: Every four bits travel as five.
_CODED_SYMBOLS = 5
#: From here on a symbol lasts more than 16 ms, and two bits of each are left unused against drift.
_LOW_RATE_SF = 11


def time_on_air_ms(spreading_factor: int, payload_bytes: int) -> float:
    """Milliseconds one frame with that many bytes of application payload takes.

    Raises:
        ValueError: a spreading factor outside 7..12, or fewer than 0 bytes.
    """
    if spreading_factor not in SPREADING_FACTORS:
        message = f"{spreading_factor} is no spreading factor: 7 to 12"
        raise ValueError(message)
    if payload_bytes < 0:
        message = f"a payload of {payload_bytes} bytes"
        raise ValueError(message)
    symbol_ms = (1 << spreading_factor) / _BANDWIDTH_KHZ
    used_bits = spreading_factor - 2 * (spreading_factor >= _LOW_RATE_SF)
    # 28 for the header that stands in the first symbols, 16 for the checksum.
    bits = 8 * (OVERHEAD_BYTES + payload_bytes) - 4 * spreading_factor + 28 + 16
    symbols = _PREAMBLE_SYMBOLS + _HEADER_SYMBOLS + max(0, ceil(bits / (4 * used_bits))) * _CODED_SYMBOLS
    return symbols * symbol_ms


def shortest_interval_s(spreading_factor: int, payload_bytes: int, share: float) -> int:
    """Seconds between reports of a device that may be on the air for `share` (0..1) of the time, rounded up.

    Raises:
        ValueError: as `time_on_air_ms`, or a share that is none.
    """
    if not 0 < share <= 1:
        message = f"a share of {share} of the time"
        raise ValueError(message)
    return ceil(time_on_air_ms(spreading_factor, payload_bytes) / 1000 / share)


def within_dwell_time(spreading_factor: int) -> bool:
    """Can a device of that spreading factor send anything at all where dwell time is limited?"""
    return time_on_air_ms(spreading_factor, 0) <= DWELL_TIME_MS
