"""What can be measured: the closed list of quantities, their units and what they may plausibly be."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Quantities that are stored together (one InfluxDB measurement each)."""

    WATER = "water"
    RAIN = "rain"
    WASTE = "waste"
    AIR = "air"
    WEATHER = "weather"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measurable quantity.

    `minimum` and `maximum` bound what is physically possible, in `unit`; outside them a value is flagged
    QC fail (4), never dropped. `decimals` is how people read it.
    """

    name: str
    unit: str
    family: Family
    minimum: float
    maximum: float
    decimals: int
    label_vi: str
    label_en: str


def _table(*rows: Quantity) -> Mapping[str, Quantity]:
    return {row.name: row for row in rows}


#: What is stored about a site. The unit stands in the name wherever a number travels.
QUANTITIES: Mapping[str, Quantity] = _table(
    Quantity("water_level_m", "m", Family.WATER, -0.5, 30.0, 2, "mực nước", "water level"),
    Quantity("pump_running", "1", Family.WATER, 0.0, 1.0, 0, "bơm chạy", "pump running"),
    Quantity("rain_mm", "mm", Family.RAIN, 0.0, 200.0, 1, "mưa", "rain"),
    Quantity("rain_total_mm", "mm", Family.RAIN, 0.0, 1e7, 1, "mưa tích lũy", "rain counter"),
    Quantity("fill_pct", "%", Family.WASTE, -5.0, 120.0, 0, "mức đầy", "fill level"),
    Quantity("heap_m", "m", Family.WASTE, -0.2, 6.0, 2, "chiều cao đống", "heap height"),
    Quantity("tilt", "1", Family.WASTE, 0.0, 1.0, 0, "nghiêng", "tilt"),
    Quantity("vibration", "1", Family.WASTE, 0.0, 1e6, 0, "rung", "vibration"),
    Quantity("pm2_5_ug_m3", "µg/m³", Family.AIR, 0.0, 2000.0, 0, "PM2.5", "PM2.5"),
    Quantity("pm10_ug_m3", "µg/m³", Family.AIR, 0.0, 5000.0, 0, "PM10", "PM10"),
    Quantity("o3_ug_m3", "µg/m³", Family.AIR, 0.0, 3000.0, 0, "O3", "O3"),
    Quantity("no2_ug_m3", "µg/m³", Family.AIR, 0.0, 5000.0, 0, "NO2", "NO2"),
    Quantity("so2_ug_m3", "µg/m³", Family.AIR, 0.0, 5000.0, 0, "SO2", "SO2"),
    Quantity("co_ug_m3", "µg/m³", Family.AIR, 0.0, 200000.0, 0, "CO", "CO"),
    Quantity("temperature_c", "°C", Family.WEATHER, -40.0, 85.0, 1, "nhiệt độ", "temperature"),
    Quantity("humidity_pct", "%", Family.WEATHER, 0.0, 100.0, 0, "độ ẩm", "humidity"),
    Quantity("pressure_hpa", "hPa", Family.WEATHER, 300.0, 1100.0, 0, "khí áp", "air pressure"),
    Quantity("battery_pct", "%", Family.DEVICE, 0.0, 100.0, 0, "pin", "battery"),
    Quantity("battery_v", "V", Family.DEVICE, 0.0, 30.0, 2, "điện áp pin", "battery voltage"),
    Quantity("rssi_dbm", "dBm", Family.DEVICE, -150.0, 0.0, 0, "cường độ sóng", "signal strength"),
    Quantity("snr_db", "dB", Family.DEVICE, -30.0, 30.0, 1, "tỉ số sóng/nhiễu", "signal to noise"),
)

#: What a device measures on the way to one of the above; geometry turns it into a level, a fill or a heap.
DEVICE_QUANTITIES: Mapping[str, Quantity] = _table(
    Quantity("distance_mm", "mm", Family.DEVICE, 0.0, 65000.0, 0, "khoảng cách", "distance"),
    Quantity("depth_mm", "mm", Family.DEVICE, -500.0, 65000.0, 0, "độ sâu đầu dò", "probe depth"),
)


def known(name: str) -> bool:
    """Is this a quantity a device may send?"""
    return name in QUANTITIES or name in DEVICE_QUANTITIES
