"""Does a value make sense where the device hangs? Levels against geometry, everything against its bounds."""

from devices.model import Model
from devices.quantities import QUANTITIES
from devices.readings import Qc
from devices.signs import Heard, Sign, SignState, lasting
from devices.sites import Mounting, Site
from devices.vietnamese import number

#: Metres under the bed that a sensor's own error explains, and from where on the mounting is wrong.
_UNDER_BED_M = (0.03, 0.10)
#: A fill beyond these (per cent) is of a wrong geometry rather than of a container.
_FILL_PCT = (-5.0, 105.0)
#: How near (mm) to the edge of the dead zone a distance counts as at it.
_NEAR_MM = 1.0

_Words = tuple[SignState, str, str]


def value_sign(
    one: Heard, mounting: Mounting, site: Site, model: Model | None, now_ms: int, stale_ms: int
) -> Sign:
    """The sign of a quantity's newest value; older than `stale_ms` it says nothing of the present."""
    name = one.key.quantity
    quantity = QUANTITIES[name]
    unit = "" if quantity.unit == "1" else f" {quantity.unit}"
    vi = f"{quantity.label_vi} {number(one.value, quantity.decimals, 'vi')}{unit}"
    en = f"{quantity.label_en} {number(one.value, quantity.decimals, 'en')}{unit}"
    if now_ms - one.time_ms > stale_ms:
        ago_vi, ago_en = lasting(now_ms - one.time_ms)
        return Sign(
            name,
            SignState.UNKNOWN,
            f"{vi}, {ago_vi} trước: nay chưa rõ",
            f"{en}, {ago_en} ago: not known now",
        )
    state, why_vi, why_en = _seen(one, mounting, model) or _judged(one, site)
    return Sign(name, state, f"{vi}{why_vi}", f"{en}{why_en}")


def _judged(one: Heard, site: Site) -> _Words:
    """By geometry where that has something to say, unless the value is doubted for another reason."""
    level, bounded = _level(one, site), _bounded(one)
    if level is not None and (level[0] is not SignState.OK or bounded[0] is SignState.OK):
        return level
    return bounded


def _seen(one: Heard, mounting: Mounting, model: Model | None) -> _Words | None:
    """What the sensor could not see: nothing came back, or what it looks at is too near."""
    mount_mm = mounting.geometry.mount_height_mm
    per_m = {"water_level_m": 1000.0, "heap_m": 1000.0}.get(one.key.quantity)
    if mount_mm is None:
        return None
    if one.key.quantity == "fill_pct":
        full_mm = max(mounting.geometry.full_distance_mm or 0.0, _dead_mm(mounting, model) or 0.0)
        per_m = (mount_mm - full_mm) / 100
    if per_m is None:
        return None
    height_mm = one.value * per_m
    if one.qc >= Qc.FAIL and abs(height_mm) < _NEAR_MM:
        return (
            SignState.BAD,
            ": không có tiếng vọng; xem vật cản, mạng nhện, hướng lắp",
            ": no echo; look for obstacles, cobwebs, a crooked mounting",
        )
    dead_mm = _dead_mm(mounting, model)
    distance_mm = mount_mm - mounting.geometry.offset_mm - height_mm
    if dead_mm is not None and one.qc == Qc.SUSPECT and abs(distance_mm - dead_mm) <= _NEAR_MM:
        near_vi, near_en = f"{number(dead_mm, 0, 'vi')} mm", f"{number(dead_mm, 0, 'en')} mm"
        return (
            SignState.WARN,
            f" hoặc cao hơn: vật ở trong vùng mù ({near_vi}); đầy thật, hay có vật chắn trước cảm biến",
            f" or more: inside the dead zone ({near_en}); truly full, or something stands before the sensor",
        )
    return None


def _dead_mm(mounting: Mounting, model: Model | None) -> float | None:
    if mounting.geometry.dead_zone_mm is not None:
        return mounting.geometry.dead_zone_mm
    return None if model is None else model.dead_zone_mm


def _level(one: Heard, site: Site) -> _Words | None:
    if one.key.quantity == "water_level_m":
        return _water(one.value, site)
    if one.key.quantity == "fill_pct":
        return _fill(one.value)
    if one.key.quantity == "heap_m" and one.value < -_UNDER_BED_M[0]:
        return _under_bed(one.value)
    return None


def _water(level_m: float, site: Site) -> _Words | None:
    if level_m < -_UNDER_BED_M[0]:
        return _under_bed(level_m)
    to_street_m = site.depth_to_ground_m
    if to_street_m is None or level_m > QUANTITIES["water_level_m"].maximum:
        return None
    below_m = to_street_m - level_m
    below = [number(abs(below_m), 1 if abs(below_m) >= 1 else 2, lang) for lang in ("vi", "en")]
    if below_m >= 0:
        return (
            SignState.OK,
            f", dưới mặt đường {below[0]} m: hợp lý",
            f", {below[1]} m below the street: makes sense",
        )
    return (
        SignState.WARN,
        f", cao hơn mặt đường {below[0]} m: đang ngập, hoặc chiều cao lắp nhập sai",
        f", {below[1]} m above the street: flooded, or the mounting height is wrong",
    )


def _under_bed(level_m: float) -> _Words:
    under = [number(-level_m, 2, lang) for lang in ("vi", "en")]
    return (
        SignState.BAD if level_m < -_UNDER_BED_M[1] else SignState.WARN,
        f", thấp hơn đáy {under[0]} m: chiều cao lắp nhập sai, đo lại",
        f", {under[1]} m below the bed: the mounting height is wrong, measure again",
    )


def _fill(fill_pct: float) -> _Words | None:
    low, high = _FILL_PCT
    if fill_pct > high:
        return (
            SignState.BAD,
            ": vạch đầy nhập sai, hoặc rác chất trên miệng thùng",
            ": the full line is wrong, or waste stands above the rim",
        )
    if fill_pct < low:
        return (
            SignState.BAD,
            ": thấp hơn đáy thùng; chiều cao lắp nhập sai, đo lại",
            ": below the floor; the mounting height is wrong, measure again",
        )
    return None


def _bounded(one: Heard) -> _Words:
    quantity = QUANTITIES[one.key.quantity]
    if not quantity.minimum <= one.value <= quantity.maximum:
        low, high = (number(bound, quantity.decimals, "vi") for bound in (quantity.minimum, quantity.maximum))
        low_en, high_en = (
            number(bound, quantity.decimals, "en") for bound in (quantity.minimum, quantity.maximum)
        )
        return (
            SignState.BAD,
            f": ngoài khoảng có thể ({low} đến {high})",
            f": outside what is possible ({low_en} to {high_en})",
        )
    if one.qc >= Qc.FAIL:
        return SignState.BAD, ": cảm biến báo lỗi", ": the sensor says it failed"
    if one.qc == Qc.SUSPECT:
        return SignState.WARN, ": đáng ngờ", ": doubtful"
    return SignState.OK, ": hợp lý", ": makes sense"
