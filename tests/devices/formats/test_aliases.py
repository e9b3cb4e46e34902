"""One table of names: what is understood, and what is better left alone."""

import pytest

from devices.formats.aliases import Meaning, meaning
from devices.formats.ids import as_id
from devices.quantities import DEVICE_QUANTITIES, QUANTITIES


@pytest.mark.parametrize("name", [*QUANTITIES, *DEVICE_QUANTITIES])
def test_our_own_names_mean_themselves(name: str) -> None:
    assert meaning(name) == Meaning(name)


@pytest.mark.parametrize(
    ("name", "unit", "quantity", "value"),
    [
        ("Distance", "", "distance_mm", 100.0),
        ("DistanceCm", "", "distance_mm", 1000.0),
        ("distance_cm", "", "distance_mm", 1000.0),
        ("DISTANCE", "m", "distance_mm", 100000.0),
        ("level", "", "water_level_m", 100.0),
        ("level_cm", "", "water_level_m", 1.0),
        ("waterLevel", "mm", "water_level_m", 0.1),
        ("depth_mm", "", "depth_mm", 100.0),
        ("fill-level", "", "fill_pct", 100.0),
        ("BatV", "", "battery_v", 100.0),
        ("bat_mv", "", "battery_v", 0.1),
        ("bat", "%", "battery_pct", 100.0),
        ("battery", "V", "battery_v", 100.0),
        ("voltage", "mV", "battery_v", 0.1),
        ("temp_f", "", "temperature_c", 37.777778),
        ("airTemperature", "", "temperature_c", 100.0),
        ("PM2.5", "", "pm2_5_ug_m3", 100.0),
        ("pm25_ug_m3", "", "pm2_5_ug_m3", 100.0),
        ("pm10", "mg/m3", "pm10_ug_m3", 100000.0),
        ("so2_ppb", "", "so2_ug_m3", 262.0286),
        ("rain_total", "", "rain_total_mm", 100.0),
        ("pressure_kpa", "", "pressure_hpa", 1000.0),
        ("sensor_distance", "", "distance_mm", 100.0),
    ],
)
def test_common_names_and_units_become_quantities(name: str, unit: str, quantity: str, value: float) -> None:
    meant = meaning(name, unit)
    assert meant is not None
    assert meant.quantity == quantity
    assert meant.of(100.0) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("battery_temperature", ""),
        ("cpu_temp", ""),
        ("depth", ""),
        ("voltage", ""),
        ("o3", ""),
        ("distance", "V"),
        ("fill_pct", "mm"),
        ("signal", ""),
        ("alarm", ""),
        ("m", ""),
        ("", "V"),
        ("", ""),
        ("___", ""),
        ("x" * 5000, "y" * 5000),
    ],
)
def test_what_cannot_be_known_is_not_guessed(name: str, unit: str) -> None:
    assert meaning(name, unit) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bin07", "bin07"),
        ("Bin07", "Bin07"),
        ("24E124713B494221", "24e124713b494221"),
        ("0x00158D0001A2B3C4", "0x00158d0001a2b3c4"),
        ("A4:CF:12:00:11:22", "a4:cf:12:00:11:22"),
        ("urn:dev:mac:24E124713B494221:", "24e124713b494221"),
        ("urn:uuid:6b1a2c3d-0000", "6b1a2c3d-0000"),
        ("Bin 07", "Bin-07"),
        ("a/b", "a.b"),
        ("thùng", None),
        ("", None),
        ("urn:dev:mac:", None),
        ("x" * 65, None),
        ("a+b", None),
    ],
)
def test_names_of_devices_become_ids_or_none(name: str, expected: str | None) -> None:
    assert as_id(name) == expected
