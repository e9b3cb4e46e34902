"""The installer's view: is this device reporting, and do its numbers make sense where it hangs?

Meant for somebody on a ladder who has heard one uplink and wants to climb down. Pure: everything that is
known is handed in. Nothing is called right that is not known: no value of a silent device is said to be well.
"""

from collections.abc import Sequence

from devices.model import Model
from devices.quantities import QUANTITIES
from devices.sense_place import Position, place_sign
from devices.sense_time import clock_sign, frozen_sign
from devices.sense_values import value_sign
from devices.signs import Heard, Sign, SignState, lasting
from devices.sites import Device, Mounting, Site
from devices.vietnamese import number

#: Of an uplink a good gateway hears at this spreading factor, the lowest signal to noise ratio in dB.
_SNR_FLOOR_DB = {7: -7.5, 8: -10.0, 9: -12.5, 10: -15.0, 11: -17.5, 12: -20.0}
#: Margin above it (dB) that rain, leaves and a lid of cast iron may eat up: comfortable, and the least.
_MARGIN_DB = (10.0, 3.0)
#: Without a spreading factor, signal strength in dBm: comfortable, and the least.
_RSSI_DBM = (-110.0, -120.0)
_BATTERY_PCT = (30.0, 15.0)
#: Volts under which a battery is weak, and nearly empty: lithium thionyl chloride cells, alkaline pairs.
_BATTERY_V = {"Dragino": (3.2, 2.9), "Decentlab": (2.4, 2.1)}
#: Reports missed until a device is late, and until it is silent, in its intervals.
_LATE, _SILENT = 2.5, 6.0
#: What a device says of itself, and has its own sign for.
_OWN = frozenset({"rssi_dbm", "snr_db", "battery_pct", "battery_v", "tilt"})
#: Not judged: any value of them is as good as another.
_UNJUDGED = frozenset({"vibration", "rain_total_mm"})
_LEVELS = frozenset({"water_level_m", "fill_pct", "heap_m"})
#: Quantities that never stand still for long, the weightiest first.
_MAIN = ("water_level_m", "fill_pct", "heap_m", "pm2_5_ug_m3", "temperature_c")
_HOUR_MS = 3_600_000
_BATTERY_KEPT_MS = 7 * 24 * _HOUR_MS


def sense(
    device: Device,
    mounting: Mounting | None,
    site: Site | None,
    model: Model | None,
    latest: Sequence[Heard],
    last_seen_ms: int | None,
    now_ms: int,
    *,
    spreading_factor: int | None = None,
    neighbours: Sequence[Position] | None = None,
    recent: Sequence[float] = (),
) -> list[Sign]:
    """What can be told about a device, the gravest things not first but where people look for them.

    `latest` are the newest readings of the site; those of other channels, and those from before this
    mounting, are left aside. A value older than three intervals is told, and called unknown. `neighbours` are
    the places of other sites (None: the place is not judged); `recent` the last values of `main_quantity`.
    """
    interval_s = interval_of(device, site, model)
    signs = [_reporting(mounting, interval_s, last_seen_ms, now_ms)]
    if mounting is None or site is None:
        return signs
    heard = {
        one.key.quantity: one
        for one in latest
        if (one.key.site_id, one.key.channel) == (site.id, mounting.channel)
        and one.time_ms >= mounting.from_ms
    }
    signs.extend(clock_sign(heard.values()))
    signs.append(_signal(heard, spreading_factor))
    signs.append(_battery(heard, model, now_ms))
    signs.extend(_tilt(heard))
    signs.extend(_geometry(mounting, model, heard, last_seen_ms))
    if neighbours is not None:
        signs.append(place_sign(site, neighbours))
    stale_ms = max(3 * (interval_s or 1200) * 1000, _HOUR_MS)
    judged = [name for name in QUANTITIES if name in heard and name not in _OWN | _UNJUDGED]
    signs.extend(value_sign(heard[name], mounting, site, model, now_ms, stale_ms) for name in judged)
    return signs + frozen_sign(recent)


def main_quantity(latest: Sequence[Heard]) -> str | None:
    """What the device is there for, of what was heard: the quantity that should move."""
    heard = {one.key.quantity for one in latest}
    return next((name for name in _MAIN if name in heard), None)


def interval_of(device: Device, site: Site | None, model: Model | None) -> int | None:
    """How often the device should report, in seconds: as agreed for it, for its site, or as delivered."""
    of_site = site.report_interval_s if site is not None else None
    return device.expected_interval_s or of_site or (model.interval_s if model is not None else None)


def _reporting(
    mounting: Mounting | None, interval_s: int | None, last_seen_ms: int | None, now_ms: int
) -> Sign:
    if last_seen_ms is None:
        since_ms = now_ms if mounting is None else mounting.from_ms
        waited = interval_s is not None and now_ms - since_ms > _LATE * interval_s * 1000
        return Sign(
            "reporting",
            SignState.BAD if waited else SignState.UNKNOWN,
            "chưa nhận được bản tin nào",
            "not heard yet",
        )
    ago_ms = now_ms - last_seen_ms
    ago_vi, ago_en = lasting(ago_ms)
    every = f"{number((interval_s or 0) / 60, 0, 'vi')}"
    if interval_s is None:
        state = SignState.OK if ago_ms <= _HOUR_MS else SignState.WARN
        return Sign(
            "reporting",
            state,
            f"bản tin cuối {ago_vi} trước; chưa rõ bao lâu gửi một lần",
            f"last heard {ago_en} ago; how often it reports is not known",
        )
    state, word_vi, word_en = _punctual(ago_ms / (interval_s * 1000))
    return Sign(
        "reporting",
        state,
        f"bản tin cuối {ago_vi} trước, mỗi {every} phút một bản tin: {word_vi}",
        f"last heard {ago_en} ago, every {every} min: {word_en}",
    )


def _punctual(intervals: float) -> tuple[SignState, str, str]:
    if intervals <= _LATE:
        return SignState.OK, "đều", "on time"
    if intervals <= _SILENT:
        return SignState.WARN, "chậm", "late"
    return SignState.BAD, "mất tín hiệu", "silent"


def _signal(heard: dict[str, Heard], spreading_factor: int | None) -> Sign:
    rssi, snr = heard.get("rssi_dbm"), heard.get("snr_db")
    if rssi is None:
        return Sign("signal", SignState.UNKNOWN, "chưa rõ mức sóng", "signal strength is not known")
    vi, en = f"sóng {number(rssi.value, 0, 'vi')} dBm", f"signal {number(rssi.value, 0, 'en')} dBm"
    floor = _SNR_FLOOR_DB.get(spreading_factor or 0)
    if snr is None or floor is None:
        state = _graded(rssi.value, _RSSI_DBM)
    else:
        margin = snr.value - floor
        state = _graded(margin, _MARGIN_DB)
        vi += f", dư {number(margin, 0, 'vi')} dB (SF{spreading_factor})"
        en += f", {number(margin, 0, 'en')} dB to spare (SF{spreading_factor})"
    word_vi, word_en = {
        SignState.OK: ("tốt", "good"),
        SignState.WARN: ("yếu, dễ mất bản tin khi mưa", "weak, reports may be lost in rain"),
        SignState.BAD: ("quá yếu, nên dời ăng-ten", "too weak, move the antenna"),
    }[state]
    return Sign("signal", state, f"{vi}: {word_vi}", f"{en}: {word_en}")


def _battery(heard: dict[str, Heard], model: Model | None, now_ms: int) -> Sign:
    for name, unit, decimals in (("battery_pct", "%", 0), ("battery_v", "V", 2)):
        one = heard.get(name)
        if one is None or now_ms - one.time_ms > _BATTERY_KEPT_MS:
            continue
        vi = f"pin {number(one.value, decimals, 'vi')} {unit}"
        en = f"battery {number(one.value, decimals, 'en')} {unit}"
        bounds = _BATTERY_PCT if unit == "%" else _BATTERY_V.get(model.maker if model else "")
        if bounds is None:
            return Sign("battery", SignState.UNKNOWN, f"{vi}: chưa rõ ngưỡng", f"{en}: no bounds are known")
        state = _graded(one.value, bounds)
        word_vi, word_en = {
            SignState.OK: ("tốt", "good"),
            SignState.WARN: ("yếu", "weak"),
            SignState.BAD: ("sắp hết", "nearly empty"),
        }[state]
        return Sign("battery", state, f"{vi}: {word_vi}", f"{en}: {word_en}")
    return Sign("battery", SignState.UNKNOWN, "chưa rõ mức pin", "battery is not known")


def _tilt(heard: dict[str, Heard]) -> list[Sign]:
    one = heard.get("tilt")
    if one is None:
        return []
    if one.value > 0:
        return [Sign("tilt", SignState.BAD, "bị nghiêng: lắp lại cho thẳng", "tilted: mount it upright")]
    return [Sign("tilt", SignState.OK, "đứng thẳng", "upright")]


def _geometry(
    mounting: Mounting, model: Model | None, heard: dict[str, Heard], last_seen_ms: int | None
) -> list[Sign]:
    """A sensor of distances that gives no level: what is missing."""
    measures = model is not None and "distance_mm" in model.quantities
    if not measures or _LEVELS & heard.keys():
        return []
    if mounting.geometry.mount_height_mm is None:
        return [
            Sign(
                "geometry",
                SignState.BAD,
                "chưa có chiều cao lắp: đo từ mặt cảm biến đến đáy rồi nhập (mm)",
                "no mounting height: measure from the sensor's face to the floor and enter it (mm)",
            )
        ]
    if last_seen_ms is None or last_seen_ms < mounting.from_ms:
        return []
    return [
        Sign(
            "geometry",
            SignState.WARN,
            "đã nghe thấy, nhưng chưa có mức đo nào: xem bản tin bị từ chối",
            "heard, but no level came of it: look at the rejects",
        )
    ]


def _graded(value: float, bounds: tuple[float, float]) -> SignState:
    good, least = bounds
    if value >= good:
        return SignState.OK
    return SignState.WARN if value >= least else SignState.BAD
