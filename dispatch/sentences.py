"""The sentence people read about a finding: place first, the number with the usual number, why, what to do.

Rules they keep: Vietnamese numbers in Vietnamese (`0,82 m`), "nghi" and "nhiều khả năng" for what is
inferred, "chưa rõ" where a sensor is silent, never a person's name. A fact nobody knows is a clause left out.
"""

from collections.abc import Callable, Mapping

from analytics.findings import Finding, FindingKind
from devices.sites import Registry
from dispatch import telling_air, telling_devices, telling_waste, telling_water
from dispatch.evidence import evidence_text, normal_text, value_text
from dispatch.orders import WorkOrder
from dispatch.phrases import age
from dispatch.tale import Tale
from dispatch.words import Lang, kind_label

__all__ = ["age", "evidence_text", "normal_text", "sentence", "short_what", "value_text"]

_TELLERS: Mapping[FindingKind, Callable[[Tale], str]] = {
    FindingKind.BLOCKED_DRAIN: telling_water.blocked_drain,
    FindingKind.HIGH_WATER: telling_water.high_water,
    FindingKind.FLOODING: telling_water.flooding,
    FindingKind.SILTING: telling_water.silting,
    FindingKind.BACKWATER: telling_water.backwater,
    FindingKind.OVERFLOW: telling_waste.overflow,
    FindingKind.OVERFLOW_EXPECTED: telling_waste.overflow_expected,
    FindingKind.MISSED_COLLECTION: telling_waste.missed_collection,
    FindingKind.SUSPECTED_DUMPING: telling_waste.suspected_dumping,
    FindingKind.POOR_AIR: telling_air.poor_air,
    FindingKind.SMOKE_SUSPECTED: telling_air.smoke_suspected,
    FindingKind.SENSOR_SILENT: telling_devices.sensor_silent,
    FindingKind.SENSOR_FAULT: telling_devices.sensor_fault,
    FindingKind.BATTERY_LOW: telling_devices.battery_low,
    FindingKind.GATEWAY_SILENT: telling_devices.gateway_silent,
    FindingKind.COVER_MOVED: telling_water.cover_moved,
}


def sentence(finding: Finding, registry: Registry, lang: Lang) -> str:
    """One finding in one or two sentences. Absent facts leave their clause out; it never fails on them."""
    return _TELLERS[finding.kind](Tale(finding, registry, lang))


def short_what(order: WorkOrder, now_ms: int, lang: Lang) -> str:
    """What and since when, for a line in the queue: `nghi tắc · 3 giờ 20 phút`."""
    lasting_ms = now_ms - order.opened_ms
    just_now = "vừa xong" if lang == "vi" else "just now"
    since = age(lasting_ms, lang) if lasting_ms >= 60_000 else just_now
    return f"{kind_label(order.kind, lang)} · {since}"
