"""The demo commune: consistent in itself, where and how large the real one is."""

import itertools
import unicodedata
from collections import Counter

import pytest

from analytics.findings import FindingKind
from devices.models import MODELS
from devices.sites import WATER_KINDS, SiteKind, is_id
from dispatch.covering import covering, crew_for
from kenh.demo.commune import MAP_LINES, STORY_SITES, commune, metres_between
from kenh.demo.map_lines import RED_RIVER, longitude_at

REGISTRY = commune()
SITES = tuple(REGISTRY.sites.values())


def test_the_numbers_are_those_of_the_plan() -> None:
    kinds = Counter(site.kind for site in SITES)
    water = [site for site in SITES if site.kind in WATER_KINDS and site.kind is not SiteKind.PUMP]
    assert len(REGISTRY.villages) == 25
    assert len(REGISTRY.gateways) == 3
    assert len(water) == 60
    assert kinds[SiteKind.WASTE_POINT] == 60
    assert kinds[SiteKind.WATCH_SPOT] == kinds[SiteKind.AIR] == 6
    assert kinds[SiteKind.RAIN_GAUGE] == 2


def test_about_a_third_of_the_water_points_has_no_device_and_half_no_known_invert() -> None:
    mounted = {mounting.site_id for spans in REGISTRY.mountings.values() for mounting in spans}
    water = [site for site in SITES if site.kind in WATER_KINDS and site.kind is not SiteKind.PUMP]
    assert 17 <= sum(site.id not in mounted for site in water) <= 23
    assert 24 <= sum(site.invert_m is None for site in water) <= 36
    assert mounted >= STORY_SITES


def test_every_id_is_well_formed_and_device_ids_look_like_their_network_makes_them() -> None:
    for name in (*REGISTRY.sites, *REGISTRY.villages, *REGISTRY.crews, *REGISTRY.gateways, *REGISTRY.devices):
        assert is_id(name)
    for device in REGISTRY.devices.values():
        if device.model:
            assert len(device.id) == 16
            assert int(device.id, 16) >= 0
            assert device.id == device.id.lower()
            assert device.model in MODELS


def test_every_reference_points_at_something() -> None:
    for site in SITES:
        assert site.village_id in REGISTRY.villages
        assert set(site.downstream) <= set(REGISTRY.sites)
    for village in REGISTRY.villages.values():
        assert village.cluster_id in REGISTRY.clusters
    for device_id, spans in REGISTRY.mountings.items():
        assert device_id in REGISTRY.devices
        assert all(mounting.site_id in REGISTRY.sites for mounting in spans)


def test_no_channel_has_two_devices() -> None:
    places = Counter(
        (mounting.site_id, mounting.channel) for spans in REGISTRY.mountings.values() for mounting in spans
    )
    assert max(places.values()) == 1


def test_water_never_flows_in_a_circle_or_uphill() -> None:
    for site in SITES:
        seen, here = {site.id}, site
        while here.downstream:
            below = REGISTRY.sites[here.downstream[0]]
            assert below.id not in seen
            if here.invert_m is not None and below.invert_m is not None:
                assert below.invert_m <= here.invert_m + 0.5, f"{here.id} -> {below.id}"
            seen.add(below.id)
            here = below


def test_every_site_lies_in_the_commune_east_of_the_river_and_40_m_from_the_next() -> None:
    for site in SITES:
        assert site.lat is not None
        assert site.lon is not None
        assert 20.915 <= site.lat <= 21.005
        assert longitude_at(RED_RIVER, site.lat) <= site.lon <= 105.958
    for one, other in itertools.combinations(SITES, 2):
        assert metres_between(one.lat or 0, one.lon or 0, other.lat or 0, other.lon or 0) >= 40.0


def test_names_are_composed_unicode_and_every_site_has_one_in_both_languages() -> None:
    names = [site.name for site in SITES] + [village.name for village in REGISTRY.villages.values()]
    names += [crew.name for crew in REGISTRY.crews.values()]
    assert all(name and unicodedata.is_normalized("NFC", name) for name in names)
    assert all(site.name_en for site in SITES)
    assert REGISTRY.sites["G07"].name == "Ga G07, ngõ 3 Giang Cao"
    assert REGISTRY.sites["D15"].name == "Điểm tập kết Đ15, chợ Kim Lan"


def test_thon_1_stands_twice_and_is_told_apart() -> None:
    assert REGISTRY.village_label("kim-lan-thon-1") == "Thôn 1 (Kim Lan)"
    assert REGISTRY.village_label("dong-du-thon-1") == "Thôn 1 (Đông Dư)"


@pytest.mark.parametrize("kind", [kind for kind in FindingKind if kind is not FindingKind.BACKWATER])
def test_every_site_and_kind_has_exactly_one_crew(kind: FindingKind) -> None:
    for site in SITES:
        assert len(covering(site.id, kind, REGISTRY)) == 1
        assert crew_for(site.id, kind, REGISTRY) is not None


def test_nobody_is_sent_for_backwater() -> None:
    assert all(crew_for(site.id, FindingKind.BACKWATER, REGISTRY) is None for site in SITES)


def test_a_silent_gateway_has_a_crew() -> None:
    crew = crew_for(next(iter(REGISTRY.gateways)), FindingKind.GATEWAY_SILENT, REGISTRY)
    assert crew is not None
    assert crew.id == "ky-thuat"


def test_river_canals_and_dyke_are_drawn() -> None:
    assert Counter(line.kind for line in MAP_LINES) == {"river": 1, "canal": 2, "dyke": 1}
