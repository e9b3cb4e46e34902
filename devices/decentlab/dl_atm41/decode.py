"""DL-ATM41: bytes to measurements."""

from collections.abc import Sequence

from devices.decentlab.frame import battery, measured, parts_of, signed
from devices.readings import Qc
from devices.uplinks import Decoded, Measured

#: Weather; battery.
_WORDS = (17, 1)
_RAIN, _TEMPERATURE, _PRESSURE, _HUMIDITY = 1, 7, 9, 10


def decode(payload: bytes, _f_port: int) -> Decoded:
    """Measurements of one payload."""
    parts = parts_of(payload, _WORDS)
    if isinstance(parts, str):
        return Decoded(errors=(parts,))
    return Decoded((*battery(parts[1]), *_weather(parts[0])))


def _weather(words: Sequence[int]) -> list[Measured]:
    if not words:
        return []
    rain_um = signed(words[_RAIN])
    return [
        measured("rain_mm", rain_um / 1000, Qc.GOOD if rain_um >= 0 else Qc.FAIL),
        measured("temperature_c", signed(words[_TEMPERATURE]) / 10),
        measured("humidity_pct", signed(words[_HUMIDITY]) / 10),
        measured("pressure_hpa", signed(words[_PRESSURE]) / 10),
    ]
