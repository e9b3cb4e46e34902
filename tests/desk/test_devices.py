"""A device from quarantine to the scrap heap: what it measured stays with its site all the way."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk import devices
from desk.devices import Adopted, Adoption, NewSite
from desk.errors import NotAllowedError, NotFoundError, UnusableError
from devices.sites import Calibration, Clock, Device, Geometry, Mounting, Registry, SiteKind
from dispatch.orders import Event
from storage.state import State
from tests.desk.commune import MINUTE, NOW, desk_in

EUI = "24e124713b494221"
OLD = "a81758fffe0000aa"
WHO = "user:abc"
WANTED = Adoption(EUI.upper(), "G06", model="milesight/em310-udl", geometry=Geometry(1500.0))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = desk_in(tmp_path).state
    yield made
    made.close()


def adopt(state: State, wanted: Adoption = WANTED, now_ms: int = NOW) -> Adopted:
    return devices.adopt(state, wanted, now_ms, WHO)


def registry(state: State) -> Registry:
    with state.snapshot() as tx:
        return tx.registry.load()


def events(state: State) -> list[Event]:
    with state.snapshot() as tx:
        return [event for _, event in tx.events.after(0, 100)]


def stranger(state: State, at_ms: int, times: int = 3) -> None:
    with state.transaction() as tx:
        for number in range(times):
            tx.quarantine.saw(EUI, at_ms + number * MINUTE, "topic", b"{}", "", "")


def test_adopting_mounts_the_device_in_lower_case_and_logs_who_did_it(state: State) -> None:
    adopted = adopt(state)
    assert adopted.changed
    assert adopted.mounting == Mounting(EUI, "G06", from_ms=NOW, geometry=Geometry(1500.0))
    assert registry(state).mountings[EUI] == (adopted.mounting,)
    (event,) = events(state)
    assert (event.what, event.actor, event.site_id) == ("device_adopted", WHO, "G06")
    assert event.data["device_id"] == EUI
    assert event.data["mount_height_mm"] == 1500.0


def test_adopting_again_changes_nothing_and_logs_nothing(state: State) -> None:
    first = adopt(state)
    version = registry(state).version
    again = adopt(state, now_ms=NOW + MINUTE)
    assert again == replace(first, changed=False)
    assert registry(state).version == version
    assert len(events(state)) == 1


def test_a_device_from_quarantine_is_mounted_since_it_was_first_heard(state: State) -> None:
    stranger(state, NOW - 10 * MINUTE)
    adopted = adopt(state)
    assert adopted.waiting == 3
    assert adopted.mounting.from_ms == NOW - 15 * MINUTE
    with state.snapshot() as tx:
        assert tx.quarantine.all() == []


def test_where_another_hung_meanwhile_it_is_mounted_from_now_on(state: State) -> None:
    stranger(state, NOW - 10 * MINUTE)
    adopted = adopt(state, replace(WANTED, site_id="G07"))
    assert adopted.mounting.from_ms == NOW
    assert registry(state).mountings[OLD] == (Mounting(OLD, "G07", to_ms=NOW),)


def test_the_installers_place_becomes_the_sites_only_where_it_has_none(state: State) -> None:
    assert adopt(state, replace(WANTED, place=(20.98, 105.91))).placed
    assert not adopt(state, replace(WANTED, place=(1.0, 2.0))).placed
    site = registry(state).sites["G06"]
    assert (site.lat, site.lon) == (20.98, 105.91)


def test_a_later_word_adds_to_what_is_known_of_a_device(state: State) -> None:
    adopt(state, replace(WANTED, expected_interval_s=600))
    adopt(state, Adoption(EUI, "G06", name="Ga 6"), NOW + MINUTE)
    device = registry(state).devices[EUI]
    assert device == Device(EUI, "milesight/em310-udl", "Ga 6", 600)
    assert len(registry(state).mountings[EUI]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        replace(WANTED, device_id="no such id"),
        replace(WANTED, channel="a b"),
        replace(WANTED, model="EM310"),
        replace(WANTED, expected_interval_s=0),
        replace(WANTED, geometry=Geometry(1000.0, 1000.0)),
        replace(WANTED, geometry=Geometry(float("nan"))),
        replace(WANTED, geometry=Geometry(-1.0)),
        replace(WANTED, geometry=Geometry(1500.0, dead_zone_mm=400.0, max_range_mm=300.0)),
        replace(WANTED, geometry=Geometry(1500.0, offset_mm=1e6)),
        replace(WANTED, geometry=Geometry(1500.0, assumed_c=400.0)),
        replace(WANTED, from_ms=NOW + 1),
        replace(WANTED, place=(91.0, 0.0)),
    ],
)
def test_what_cannot_be_true_is_refused_and_nothing_is_saved(state: State, wrong: Adoption) -> None:
    with pytest.raises(UnusableError):
        adopt(state, wrong)
    assert EUI not in registry(state).devices
    assert events(state) == []


def test_an_installer_makes_the_site_that_is_not_there_yet(state: State) -> None:
    new = NewSite(SiteKind.DRAIN, "Ga G08", "giang-cao")
    wanted = replace(WANTED, site_id="G08", new_site=new, place=(20.98, 105.91))
    adopted = devices.adopt(state, wanted, NOW, WHO, commune_id="bat-trang")
    assert adopted.placed
    site = registry(state).sites["G08"]
    assert (site.kind, site.name, site.village_id) == (SiteKind.DRAIN, "Ga G08", "giang-cao")
    assert (site.lat, site.lon, site.commune_id) == (20.98, 105.91, "bat-trang")
    assert events(state)[-1].data["new_site"] is True
    assert not adopt(state, wanted, NOW + MINUTE).changed


@pytest.mark.parametrize(
    ("site_id", "new", "error"),
    [
        ("G07", NewSite(SiteKind.WASTE_POINT), UnusableError),
        ("a b", NewSite(SiteKind.DRAIN), UnusableError),
        ("G08", NewSite(SiteKind.DRAIN, village_id="nowhere"), NotFoundError),
    ],
)
def test_a_new_site_that_cannot_be_is_refused(
    state: State, site_id: str, new: NewSite, error: type[Exception]
) -> None:
    with pytest.raises(error):
        adopt(state, replace(WANTED, site_id=site_id, new_site=new))
    assert EUI not in registry(state).devices


def test_whose_time_to_believe_is_said_when_adopting_and_kept(state: State) -> None:
    adopt(state, replace(WANTED, clock=Clock.GATEWAY))
    assert adopt(state, now_ms=NOW + MINUTE).device.clock is Clock.GATEWAY


def test_adopting_to_no_site_is_refused(state: State) -> None:
    with pytest.raises(NotFoundError):
        adopt(state, replace(WANTED, site_id="G99"))


def test_a_replacement_takes_over_place_and_geometry_and_the_old_ones_history_stays(state: State) -> None:
    adopt(state, replace(WANTED, geometry=Geometry(1500.0, dead_zone_mm=50.0)))
    at_ms = NOW + 10 * MINUTE
    mounting = devices.replace(state, EUI, Device("NEW-1"), at_ms, now_ms=at_ms, actor=WHO)
    assert mounting == Mounting("NEW-1", "G06", "1", at_ms, None, Geometry(1500.0, dead_zone_mm=50.0))
    after = registry(state)
    assert [one.to_ms for one in after.mountings[EUI]] == [at_ms]
    assert after.mounting_at(EUI, at_ms - 1) is not None
    assert after.mounting_at(EUI, at_ms) is None
    assert after.devices["NEW-1"].model == "milesight/em310-udl"
    assert events(state)[-1].data["replaces"] == EUI


def test_another_model_keeps_its_own_limits(state: State) -> None:
    adopt(state, replace(WANTED, geometry=Geometry(1500.0, 200.0, dead_zone_mm=50.0, offset_mm=5.0)))
    new = Device("NEW-1", "dragino/dds75-lb")
    mounting = devices.replace(state, EUI, new, NOW + MINUTE, now_ms=NOW + MINUTE, actor=WHO)
    assert mounting.geometry == Geometry(1500.0, 200.0, offset_mm=5.0)


def test_replacing_again_changes_nothing(state: State) -> None:
    adopt(state)
    first = devices.replace(state, EUI, Device("NEW-1"), NOW + 1, now_ms=NOW + 1, actor=WHO)
    version = registry(state).version
    again = devices.replace(state, EUI, Device("NEW-1"), NOW + 2, now_ms=NOW + 2, actor=WHO)
    assert again == first
    assert registry(state).version == version


@pytest.mark.parametrize(
    ("old", "new", "at_ms", "error"),
    [
        ("unknown", "NEW-1", NOW, NotFoundError),
        (OLD, OLD, NOW, UnusableError),
        (OLD, "no id", NOW, UnusableError),
        (OLD, "NEW-1", NOW + 1, UnusableError),
        (OLD, "NEW-1", 0, UnusableError),
    ],
)
def test_a_replacement_that_cannot_be_is_refused(
    state: State, old: str, new: str, at_ms: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        devices.replace(state, old, Device(new), at_ms, now_ms=NOW, actor=WHO)
    assert "NEW-1" not in registry(state).devices


def test_a_retired_device_hangs_nowhere_and_stays_known(state: State) -> None:
    devices.retire(state, OLD, NOW, now_ms=NOW, actor=WHO, reason="broken")
    after = registry(state)
    assert after.mountings[OLD] == (Mounting(OLD, "G07", to_ms=NOW),)
    assert OLD in after.devices
    assert events(state)[-1].data["reason"] == "broken"
    with pytest.raises(NotAllowedError):
        devices.retire(state, OLD, NOW, now_ms=NOW, actor=WHO)


def test_a_changed_geometry_is_a_new_mounting_from_that_time_on(state: State) -> None:
    adopt(state)
    at_ms = NOW + 5 * MINUTE
    devices.remount(state, EUI, Geometry(1400.0), at_ms, now_ms=at_ms, actor=WHO)
    first, second = registry(state).mountings[EUI]
    assert (first.to_ms, first.geometry.mount_height_mm) == (at_ms, 1500.0)
    assert (second.from_ms, second.geometry.mount_height_mm) == (at_ms, 1400.0)


def test_at_its_own_start_a_mounting_is_put_right(state: State) -> None:
    adopt(state)
    devices.remount(state, EUI, Geometry(1400.0), NOW, now_ms=NOW + MINUTE, actor=WHO)
    (only,) = registry(state).mountings[EUI]
    assert (only.from_ms, only.geometry.mount_height_mm) == (NOW, 1400.0)


def test_a_new_geometry_keeps_calibrations_of_all_but_levels(state: State) -> None:
    adopt(state)
    for quantity in ("water_level_m", "temperature_c"):
        devices.calibrate(state, EUI, Calibration(NOW, quantity, 0.1), now_ms=NOW, actor=WHO)
    after = devices.remount(state, EUI, Geometry(1400.0), NOW + 1, now_ms=NOW + 1, actor=WHO)
    assert [one.quantity for one in after.calibrations] == ["temperature_c"]


def test_a_retired_device_may_be_mounted_elsewhere(state: State) -> None:
    devices.retire(state, OLD, NOW, now_ms=NOW, actor=WHO)
    with pytest.raises(NotAllowedError):
        devices.remount(state, OLD, Geometry(), NOW + 1, now_ms=NOW + 1, actor=WHO)
    after = devices.remount(state, OLD, Geometry(), NOW + 1, now_ms=NOW + 1, actor=WHO, site_id="D15")
    assert (after.site_id, after.channel) == ("D15", "1")


def test_a_calibration_belongs_to_the_mounting_of_its_time(state: State) -> None:
    adopt(state)
    devices.remount(state, EUI, Geometry(1400.0), NOW + 2 * MINUTE, now_ms=NOW + 2 * MINUTE, actor=WHO)
    wanted = Calibration(NOW + MINUTE, "water_level_m", -0.03, by=WHO, note="staff gauge")
    devices.calibrate(state, EUI, wanted, now_ms=NOW + 3 * MINUTE, actor=WHO)
    first, second = registry(state).mountings[EUI]
    assert first.calibrations == (wanted,)
    assert second.calibrations == ()
    assert events(state)[-1].what == "device_calibrated"


@pytest.mark.parametrize(
    ("calibration", "error"),
    [
        (Calibration(NOW, "mood", 1.0), UnusableError),
        (Calibration(NOW, "water_level_m", scale=0.0), UnusableError),
        (Calibration(NOW, "water_level_m", float("inf")), UnusableError),
        (Calibration(NOW + 1, "water_level_m", 0.1), UnusableError),
        (Calibration(NOW - MINUTE, "water_level_m", 0.1), NotAllowedError),
    ],
)
def test_a_calibration_that_cannot_be_used_is_refused(
    state: State, calibration: Calibration, error: type[Exception]
) -> None:
    adopt(state)
    with pytest.raises(error):
        devices.calibrate(state, EUI, calibration, now_ms=NOW, actor=WHO)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("24-E1-24-71-3B-49-42-21", EUI), ("24E124713B494221", EUI), ("Bin-07", "Bin-07"), ("bin_7.", "bin_7.")],
)
def test_ids_are_taken_as_people_write_them(state: State, written: str, kept: str) -> None:
    assert adopt(state, replace(WANTED, device_id=written)).device.id == kept
