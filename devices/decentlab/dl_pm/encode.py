"""DL-PM: measurements to bytes, for the simulated fleet and the round-trip tests."""

from devices.decentlab import frame


def encode(
    *,
    battery_v: float,
    pm2_5_ug_m3: float,
    pm10_ug_m3: float,
    temperature_c: float,
    humidity_pct: float,
    pressure_hpa: float,
    device_number: int = 1,
) -> tuple[int, bytes]:
    """Port and payload of one full report; struct.error where a value does not fit its word.

    What the decoder reads over is filled in plausibly: PM1 below PM2.5, PM4 between PM2.5 and PM10.
    """
    fine, coarse = round(pm2_5_ug_m3 * 10), round(pm10_ug_m3 * 10)
    mass = (fine * 7 // 10, fine, (fine + coarse) // 2, coarse)
    counts = tuple(min(65535, fine * share // 10) for share in (60, 70, 71, 72, 72))
    air = (round((temperature_c + 46.85) * 65536 / 175.72), round((humidity_pct + 6) * 65536 / 125))
    parts = ((round(battery_v * 1000),), (*mass, 500, *counts), air, (round(pressure_hpa * 50),))
    return frame.join(parts, device_number)
