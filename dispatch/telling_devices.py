"""Sentences about the devices themselves. Where a sensor is silent the place is "chưa rõ": never "fine".

The facts of the two silences are listed in analytics/findings.py. For kinds no detector raises yet:
`sensor_fault`: value_m, stuck_h, neighbours_moved; `battery_low`: battery_pct, battery_v.
"""

from devices.sites import WATER_KINDS
from devices.vietnamese import number
from dispatch import phrases
from dispatch.tale import Tale, clauses


def _sensor(tale: Tale, *, what: bool = False) -> str:
    """`Cảm biến (mực nước) ga G18, thôn Lê Xá`; `what` names what it measures, where that is water."""
    where = phrases.inside(tale.place)
    site = tale.registry.sites.get(tale.finding.site_id)
    water = what and site is not None and site.kind in WATER_KINDS
    return tale.say(
        f"Cảm biến {'mực nước ' if water else ''}{where}",
        f"{'Level sensor' if water else 'Sensor'} at {where}",
    )


def sensor_silent(tale: Tale) -> str:
    """Since when, how many reports, the battery: for the technicians."""
    since_ms, missed, battery = tale.moment("since_ms"), tale.figure("missed"), tale.figure("battery_pct")
    since = tale.say(f" từ {tale.at(since_ms)}", f" since {tale.at(since_ms)}") if since_ms else ""
    silent = tale.say("mất tín hiệu", "silent") + since
    lost = ""
    if missed is not None and missed >= 1:
        count = tale.whole(missed)
        lost = tale.say(f"lỡ {count} lần báo", f"{count} report{'' if count == '1' else 's'} missed")
    last = ""
    if battery is not None:
        charge = tale.whole(battery)
        last = tale.say(f"pin lần cuối {charge} %", f"battery last {charge} %")
    ask = tale.say(
        "Tình trạng điểm này hiện chưa rõ; đề nghị kỹ thuật kiểm tra.",
        "The state of this point is not known; technicians please check.",
    )
    return f"{_sensor(tale)}: {clauses(clauses(silent, lost), last, by='; ')}. {ask}"


def gateway_silent(tale: Tale) -> str:
    """One message for the gateway, not one for each sensor behind it."""
    since_ms, sites = tale.moment("since_ms"), tale.figure("sites")
    since = tale.say(f" từ {tale.at(since_ms)}", f" since {tale.at(since_ms)}") if since_ms else ""
    where = phrases.gateway_place(tale.finding.site_id, tale.registry, tale.lang)
    many = tale.whole(sites) if sites is not None else ""
    unknown = tale.say(
        f"{many or 'các'} cảm biến chưa rõ tình trạng",
        f"the state of {many or 'its'} sensor{'' if many == '1' else 's'} is not known",
    )
    return tale.say(
        f"Mất liên lạc {where}{since}: {unknown}, nhiều khả năng mất điện.",
        f"No contact with {where}{since}: {unknown}, probably a power cut.",
    )


def sensor_fault(tale: Tale) -> str:
    """A number that stands still while the neighbours move."""
    value, stuck = tale.figure("value_m"), tale.figure("stuck_h")
    seen = tale.say("số đo bất thường", "readings make no sense")
    if value is not None and stuck is not None:
        height, hours = f"{number(value, 3, tale.lang)} m", tale.whole(stuck)
        seen = tale.say(f"số đo đứng yên {height} suốt {hours} giờ", f"stuck at {height} for {hours} h")
        if tale.flag("neighbours_moved"):
            seen += tale.say(" trong khi các ga liền kề thay đổi", " while its neighbours moved")
    ask = tale.say(
        "Nghi hỏng hoặc bẩn, tạm không dùng để cảnh báo; giao kỹ thuật kiểm tra, không điều tổ thoát nước.",
        "Faulty or dirty, not used for alerts for now; for the technicians, not the drainage crew.",
    )
    return f"{_sensor(tale, what=True)}: {seen}. {ask}"


def battery_low(tale: Tale) -> str:
    """The battery, while the sensor still speaks."""
    charge, volts = tale.figure("battery_pct"), tale.figure("battery_v")
    left = tale.say("pin yếu", "battery low")
    if charge is not None:
        left = tale.say(f"pin còn {tale.whole(charge)} %", f"battery at {tale.whole(charge)} %")
    elif volts is not None:
        reading = f"{number(volts, 2, tale.lang)} V"
        left = tale.say(f"pin còn {reading}", f"battery at {reading}")
    ask = tale.say("Đề nghị kỹ thuật thay pin đợt tới.", "Technicians please change it on the next round.")
    return f"{_sensor(tale)}: {left}. {ask}"
