"""What happens in the demo commune: two ordinary weeks, then incidents that ripen within the first minutes.

All moments follow from `start_ms`. The incidents of the first minutes have begun before the start, as far as
the detectors need to see them, so that nothing has to happen faster than water does.
"""

from collections.abc import Mapping

import numpy as np

from devices.simulated import radio, waste
from devices.simulated.fleet import Fleet, probes_at
from devices.simulated.local_time import DAY_MS, HOUR_MS, MINUTE_MS, day_number, local_ms
from devices.simulated.rain import Storm
from devices.simulated.story import Curve, How, Outage, Story, filling_behind
from devices.simulated.world import World
from devices.sites import Registry
from kenh.demo.commune import GATEWAYS, STORY_SITES

#: How long a past the demo imports.
HISTORY_MS = 14 * DAY_MS

_SECOND_MS = 1_000
_CLOSELY_MS = 24 * HOUR_MS
#: The front comes from the north-west.
_FRONT = (
    ("cum-bat-trang", 4 * MINUTE_MS),
    ("cum-da-ton", 6 * MINUTE_MS),
    ("cum-kim-lan", 9 * MINUTE_MS),
    ("cum-van-duc", 14 * MINUTE_MS),
)
#: Gateway 2, at the commune office, loses its mains.
_DARK_GATEWAY = GATEWAYS[1].id

#: When each incident is told, in seconds after the start. Silences are looked for at every full five
#: minutes: they are told at the first of these after the moment given.
BLOCKED_S, BACKWATER_S, STORM_S, OVERFLOW_S, DROWNED_S, GATEWAY_S, CLEARED_S = 20, 90, 150, 240, 180, 300, 420
_LOOK_MS = 5 * MINUTE_MS
#: A device that reports every minute counts as silent after ten, with some seconds to spare.
_SILENCE_MS = 610_000
#: Others after two and a half intervals.
_SILENT_INTERVALS = 2.5

BLOCKED_SITE, BELOW_SITE = "G07", "G06"
FLOODED_SITES = ("G03", "G32")
BACKWATER_SITE, CANAL_SITE, DITCH_SITE = "X03", "S02", "M01"
FULL_SITE = "D15"
DROWNED_SITE = "G33"


def is_dry_season(start_ms: int) -> bool:
    """Does the calendar say November to April? Then the board says that a rainy-season scenario is played."""
    month = int(np.datetime64(start_ms + 7 * HOUR_MS, "ms").astype("datetime64[M]").astype(int)) % 12 + 1
    return month not in range(5, 11)


def demo_fleet(registry: Registry, start_ms: int) -> Fleet:
    """The demo commune's fleet for a demo that started (or starts) at `start_ms`."""
    return Fleet(registry, World(registry, start_ms, demo_story(registry, start_ms)))


def demo_story(registry: Registry, start_ms: int) -> Story:
    """Everything staged around one start."""
    today = int(day_number(np.array([start_ms], np.int64))[0])
    outages, phases = _dark_gateway(registry, start_ms)
    return Story(
        start_ms=start_ms,
        storms=_storms(start_ms, today),
        curves=(
            *_blockage(start_ms),
            *_backwater(start_ms),
            *_street_floods(start_ms),
            *_full_market(registry, start_ms),
            *_drowning(start_ms),
            *_weeks_before(start_ms, today),
        ),
        outages=(*outages, _drowned(registry, start_ms)),
        low_spots={"G03": 1.5, "G32": 1.35, "R13": 1.3},
        closely=STORY_SITES,
        closely_from_ms=start_ms - _CLOSELY_MS,
        phase_ms=phases | _minutes(registry),
        extra_emptyings={FULL_SITE: (start_ms + 30 * MINUTE_MS,)},
        missed_days={"D09": frozenset({today - 4}), "D38": frozenset({today - 9, today - 3, today - 2})},
    )


def _storms(start_ms: int, today: int) -> tuple[Storm, ...]:
    """Three storms of the past two weeks, and the one that comes after two minutes, its front a fast one."""
    return (
        Storm(local_ms(today - 11, 16.0), 44.0, 12 * MINUTE_MS, _FRONT),
        Storm(local_ms(today - 7, 17.5), 70.0, 15 * MINUTE_MS, _FRONT),
        Storm(local_ms(today - 3, 2.0), 36.0, 12 * MINUTE_MS, _FRONT),
        Storm(
            start_ms + (STORM_S - 58) * _SECOND_MS,
            85.0,
            6 * MINUTE_MS,
            tuple((c, d // 30) for c, d in _FRONT),
        ),
    )


def _blockage(start_ms: int) -> list[Curve]:
    """Water rises behind a plug at G07 and G06 below runs dry, until the crew has cleared it.

    The watch wants three calm readings, so the water is gone well before the crew says done. What the storm
    brings then runs off through the cleared pipe.
    """
    begins = start_ms + (BLOCKED_S - 31 * 60) * _SECOND_MS
    opened = start_ms + (CLEARED_S - 90) * _SECOND_MS
    gone, over = opened + 40 * _SECOND_MS, opened + 100 * MINUTE_MS
    at_ms, rise_m = filling_behind(begins, (opened - begins) / MINUTE_MS, 0.85)
    level = "water_level_m"
    return [
        Curve(BLOCKED_SITE, level, How.ADD, tuple(at_ms), tuple(rise_m)),
        Curve(BLOCKED_SITE, level, How.SET, (opened, gone, over), (0.92, 0.085, 0.08)),
        Curve(BELOW_SITE, level, How.SCALE, (begins, begins + 4 * MINUTE_MS, opened), (1.0, 0.1, 0.1)),
        Curve(BELOW_SITE, level, How.SET, (opened, gone, gone + 4 * MINUTE_MS, over), (0.02, 0.3, 0.1, 0.09)),
    ]


def _backwater(start_ms: int) -> list[Curve]:
    """Gates are worked in dry weather: Cầu Bây rises, and the outfall and the ditch behind it with it.

    The outfall is told after half an hour above its usual; the ditch rises a little later.
    """
    felt = start_ms + (BACKWATER_S - 8) * _SECOND_MS - 30 * MINUTE_MS
    curves = []
    for site_id, after_ms, rise_m in (
        (CANAL_SITE, -3 * MINUTE_MS, 0.38),
        (BACKWATER_SITE, 0, 0.20),
        (DITCH_SITE, 3 * MINUTE_MS, 0.18),
    ):
        swift = felt + after_ms
        at_ms = (swift - 15 * MINUTE_MS, swift - MINUTE_MS, swift, swift + 4 * HOUR_MS, swift + 7 * HOUR_MS)
        rises = (0.0, 0.2 * rise_m, 0.95 * rise_m, rise_m, 0.0)
        curves.append(Curve(site_id, "water_level_m", How.ADD, at_ms, rises))
    return curves


def _street_floods(start_ms: int) -> list[Curve]:
    """The two lowest streets: leaves and slip on the grates keep the storm's first water on them.

    A flood is believed at its second high reading; reports come every minute.
    """
    told = start_ms + STORM_S * _SECOND_MS
    curves = []
    for site_id, late_ms in (("G32", 0), ("G03", MINUTE_MS)):
        first = told + late_ms - MINUTE_MS
        at_ms = (
            first - 15_000,
            first,
            first + MINUTE_MS,
            first + 9 * MINUTE_MS,
            first + 100 * MINUTE_MS,
        )
        curves.append(Curve(site_id, "water_level_m", How.ADD, at_ms, (0.0, 0.385, 0.47, 0.65, 0.0)))
    return curves


def _full_market(registry: Registry, start_ms: int) -> list[Curve]:
    """Three containers at Kim Lan market fill within three hours; the truck comes half an hour later.

    They are full at their second report above 90 %.
    """
    site = registry.sites[FULL_SITE]
    begins = start_ms - 3 * HOUR_MS
    first = start_ms + (OVERFLOW_S - 70) * _SECOND_MS
    at_ms = (begins, first - 30_000, first - 5_000, first + 6 * MINUTE_MS, start_ms + 29 * MINUTE_MS)
    curves = []
    for channel in ("1", "2", "3"):
        before = waste.fill_pct(waste.container_of(site, channel), np.array([begins], np.int64))
        fills = (float(before[0]), 86.5, 94.0, 97.0, 99.0)
        curves.append(Curve(FULL_SITE, "fill_pct", How.SET, at_ms, fills, channel))
    return curves


def _told_ms(start_ms: int, after_s: int) -> int:
    """The first look for silences so long after the start."""
    return -(-(start_ms + after_s * _SECOND_MS) // _LOOK_MS) * _LOOK_MS


def _drowning(start_ms: int) -> list[Curve]:
    """Water climbs at the Đông Dư market flat until the sensor under the cover is reached."""
    gone = _told_ms(start_ms, DROWNED_S) - _SILENCE_MS
    at_ms = (gone - 18 * MINUTE_MS, gone, gone + HOUR_MS, gone + 90 * MINUTE_MS)
    return [Curve(DROWNED_SITE, "water_level_m", How.ADD, at_ms, (0.0, 0.36, 0.9, 0.0))]


def _drowned(registry: Registry, start_ms: int) -> Outage:
    gone = _told_ms(start_ms, DROWNED_S) - _SILENCE_MS
    return Outage(_device_at(registry, DROWNED_SITE), gone, gone + 95 * MINUTE_MS)


def _dark_gateway(registry: Registry, start_ms: int) -> tuple[list[Outage], dict[str, int]]:
    """The gateway's outage, and the last reports of those it alone hears: placed so that their silence has
    lasted long enough for all of them a few seconds before the finding is told.
    """
    due = _told_ms(start_ms, GATEWAY_S) - 10 * _SECOND_MS
    alone = {}
    for probe in probes_at(registry, start_ms):
        ears = radio.ears_of(probe, registry, well_heard=probe.site.id in STORY_SITES)
        if probe.device.expected_interval_s and [ear.gateway.id for ear in ears] == [_DARK_GATEWAY]:
            last_ms = due - round(_SILENT_INTERVALS * 1000 * probe.device.expected_interval_s)
            alone[probe.device.id] = last_ms - start_ms
    dark_ms = start_ms + max(alone.values()) + _SECOND_MS
    return [Outage(_DARK_GATEWAY, dark_ms, due + 35 * MINUTE_MS)], alone


def _minutes(registry: Registry) -> dict[str, int]:
    """At which second of each minute the closely watched devices report."""
    # The watch judges at every half minute what has come since: a report just before waits least.
    seconds: Mapping[str, int] = {
        BLOCKED_SITE: BLOCKED_S - 2,
        BELOW_SITE: BLOCKED_S - 3,
        FULL_SITE: (OVERFLOW_S - 10) % 60,
        "W01": (STORM_S + 20) % 60,
        "G32": STORM_S % 60 + 2,
        "G03": STORM_S % 60 + 4,
    }
    return {
        mounting.device_id: seconds.get(mounting.site_id, 28) * _SECOND_MS
        for mountings in registry.mountings.values()
        for mounting in mountings
        if mounting.site_id in STORY_SITES
    }


def _weeks_before(start_ms: int, today: int) -> list[Curve]:
    """A gutter that silts, a blockage that a crew cleared, a heap by night, smoke on one evening."""
    plugged = local_ms(today - 6, 9.0)
    at_ms, rise_m = filling_behind(plugged, 115.0, 0.72)
    cleared = at_ms[-1]
    dumped = local_ms(today, 1.2)
    if dumped + HOUR_MS > start_ms:
        dumped -= DAY_MS
    burnt = local_ms(today - 3, 18 + 10 / 60)
    return [
        Curve("R12", "water_level_m", How.ADD, (start_ms - 14 * DAY_MS, start_ms + 16 * DAY_MS), (0.0, 0.13)),
        Curve("G25", "water_level_m", How.ADD, (*at_ms, cleared + 12 * MINUTE_MS), (*rise_m, 0.0)),
        Curve("C03", "water_level_m", How.SCALE, (plugged, cleared), (0.3, 0.3)),
        Curve(
            "B04",
            "heap_m",
            How.ADD,
            (dumped, dumped + 10 * MINUTE_MS, start_ms + 7 * DAY_MS),
            (0.0, 0.6, 0.6),
        ),
        Curve(
            "K05",
            "pm2_5_ug_m3",
            How.ADD,
            (burnt, burnt + 20 * MINUTE_MS, burnt + 50 * MINUTE_MS, burnt + 2 * HOUR_MS),
            (0.0, 110.0, 95.0, 0.0),
        ),
    ]


def _device_at(registry: Registry, site_id: str) -> str:
    return next(
        mounting.device_id
        for mountings in registry.mountings.values()
        for mounting in mountings
        if mounting.site_id == site_id
    )
