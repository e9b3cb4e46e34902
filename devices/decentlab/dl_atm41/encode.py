"""DL-ATM41: measurements to bytes, for the round-trip tests."""

from devices.decentlab import frame


def encode(
    *,
    rain_mm: float,
    temperature_c: float,
    humidity_pct: float,
    pressure_hpa: float,
    battery_v: float,
    device_number: int = 1,
) -> tuple[int, bytes]:
    """Port and payload of one report; what the decoder reads over is 0. struct.error beyond a word."""
    weather = [0] * 17
    weather[1] = round(rain_mm * 1000)
    weather[7] = round(temperature_c * 10)
    weather[9] = round(pressure_hpa * 10)
    weather[10] = round(humidity_pct * 10)
    return frame.join(([word + 0x8000 for word in weather], (round(battery_v * 1000),)), device_number)
