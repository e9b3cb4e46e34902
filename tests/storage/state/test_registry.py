"""What stands in the commune, saved and loaded."""

from dataclasses import replace

import pytest

from devices.sites import (
    Cluster,
    Crew,
    Device,
    Gateway,
    Geometry,
    Mounting,
    Registry,
    Section,
    Site,
    SiteKind,
    Village,
)
from storage.errors import StorageError
from storage.state import State

DRAIN = Site(
    id="g07",
    kind=SiteKind.DRAIN,
    name="Ga G07, ngõ 3 Giang Cao",
    name_en="Manhole G07",
    village_id="giang-cao",
    lat=20.981,
    lon=105.912,
    downstream=("g06", "x03"),
    section=Section.CIRCULAR,
    width_m=0.6,
    height_m=0.6,
    invert_m=7.25,
    ground_m=8.9,
    report_interval_s=300,
    side="ngoai_de",
    commune_id="bat-trang",
)
POINT = Site("d15", SiteKind.WASTE_POINT, route="tuyen-2")
VILLAGE = Village("giang-cao", "Giang Cao", "bat-trang")
CLUSTER = Cluster("bat-trang", "Bát Tràng")
SENSOR = Device("24e124713b501234", "milesight/em310-udl", "Cảm biến G07", 600)
CREW = Crew("to-1", "Tổ thoát nước 1", "Drainage 1", ("flooding",), ("giang-cao",), ("c",), "trong_de", "024")
GATEWAY = Gateway("gw-2", "UBND xã", 20.98, 105.91)


def load(state: State) -> Registry:
    with state.snapshot() as tx:
        return tx.registry.load()


def spans(state: State, device_id: str) -> list[tuple[str, int, int | None]]:
    return [(one.site_id, one.from_ms, one.to_ms) for one in load(state).mountings.get(device_id, ())]


@pytest.fixture
def furnished(state: State) -> State:
    with state.transaction() as tx:
        tx.registry.save_sites([DRAIN, POINT], [VILLAGE], [CLUSTER])
        tx.registry.save_devices([SENSOR, Device("other")])
    return state


def test_a_new_state_holds_an_empty_registry(state: State) -> None:
    assert load(state) == Registry()


def test_everything_saved_is_loaded_as_it_was(state: State) -> None:
    mounting = Mounting(SENSOR.id, "g07", "2", 5, None, Geometry(1650.0, None, 30.0, 3000.0, -4.5))
    with state.transaction() as tx:
        tx.registry.save_devices([SENSOR], [mounting])  # before its site: order within a change is free
        tx.registry.save_sites([DRAIN, POINT], [VILLAGE], [CLUSTER])
        tx.registry.save_crews([CREW])
        tx.registry.save_gateways([GATEWAY])
    assert load(state) == Registry(
        version=4,
        sites={"g07": DRAIN, "d15": POINT},
        villages={"giang-cao": VILLAGE},
        clusters={"bat-trang": CLUSTER},
        devices={SENSOR.id: SENSOR},
        mountings={SENSOR.id: (mounting,)},
        gateways={"gw-2": GATEWAY},
        crews={"to-1": CREW},
    )


def test_saving_again_changes_what_is_named_and_keeps_the_rest(furnished: State) -> None:
    with furnished.transaction() as tx:
        tx.registry.save_sites([replace(DRAIN, name="Ga G07", section=None, downstream=())])
    registry = load(furnished)
    assert registry.sites["g07"] == replace(DRAIN, name="Ga G07", section=None, downstream=())
    assert registry.sites["d15"] == POINT
    assert registry.villages == {"giang-cao": VILLAGE}


def test_every_change_counts_the_version_up(furnished: State) -> None:
    before = load(furnished).version
    with furnished.transaction() as tx:
        tx.registry.save_crews([CREW])
        assert tx.registry.version() == before + 1
        tx.registry.remount(Mounting(SENSOR.id, "g07"))
    assert load(furnished).version == before + 2


def test_ids_differ_by_case(state: State) -> None:
    with state.transaction() as tx:
        tx.registry.save_sites([Site("G07", SiteKind.DRAIN), Site("g07", SiteKind.CANAL)])
    assert set(load(state).sites) == {"G07", "g07"}


def test_a_mounting_at_a_site_that_is_not_there_is_refused_and_nothing_stays(furnished: State) -> None:
    with pytest.raises(StorageError, match="FOREIGN KEY"), furnished.transaction() as tx:
        tx.registry.save_devices([Device("new")], [Mounting("new", "nowhere")])
    assert "new" not in load(furnished).devices


def test_a_device_that_is_mounted_elsewhere_leaves_where_it_was(furnished: State) -> None:
    with furnished.transaction() as tx:
        tx.registry.remount(Mounting(SENSOR.id, "g07", from_ms=100))
        tx.registry.remount(Mounting(SENSOR.id, "d15", from_ms=500))
    assert spans(furnished, SENSOR.id) == [("g07", 100, 500), ("d15", 500, None)]


def test_a_replacement_ends_the_mounting_of_what_was_there(furnished: State) -> None:
    with furnished.transaction() as tx:
        tx.registry.remount(Mounting(SENSOR.id, "g07", "1", 100))
        tx.registry.remount(Mounting("other", "g07", "1", 500))
    assert spans(furnished, SENSOR.id) == [("g07", 100, 500)]
    assert spans(furnished, "other") == [("g07", 500, None)]


def test_another_channel_of_the_site_is_left_alone(furnished: State) -> None:
    with furnished.transaction() as tx:
        tx.registry.remount(Mounting(SENSOR.id, "d15", "1", 100))
        tx.registry.remount(Mounting("other", "d15", "2", 500))
    assert spans(furnished, SENSOR.id) == [("d15", 100, None)]


def test_mounting_at_the_same_moment_again_corrects_it(furnished: State) -> None:
    corrected = Mounting(SENSOR.id, "g07", "1", 100, None, Geometry(mount_height_mm=1700.0))
    with furnished.transaction() as tx:
        tx.registry.remount(Mounting(SENSOR.id, "d15", "1", 100))
        tx.registry.remount(corrected)
    assert load(furnished).mountings == {SENSOR.id: (corrected,)}


def test_a_mounting_entered_later_than_what_followed_it_ends_there(furnished: State) -> None:
    with furnished.transaction() as tx:
        tx.registry.remount(Mounting(SENSOR.id, "g07", "1", 500))
        tx.registry.remount(Mounting(SENSOR.id, "d15", "1", 100))
    assert spans(furnished, SENSOR.id) == [("d15", 100, 500), ("g07", 500, None)]


def test_an_old_device_file_imported_again_does_not_make_mountings_overlap(furnished: State) -> None:
    first = Mounting(SENSOR.id, "g07", "1", 100)
    with furnished.transaction() as tx:
        tx.registry.save_devices([SENSOR], [first])
        tx.registry.remount(Mounting(SENSOR.id, "d15", "1", 500))
        tx.registry.save_devices([SENSOR], [first])
    assert spans(furnished, SENSOR.id) == [("g07", 100, 500), ("d15", 500, None)]


def test_an_unchanged_registry_is_not_read_again_and_a_changed_one_is(furnished: State) -> None:
    with furnished.snapshot() as tx:
        first = tx.registry.load()
    with furnished.snapshot() as tx:
        assert tx.registry.load() is first
    with furnished.transaction() as tx:
        tx.registry.save_crews([Crew("moi", "Tổ mới")])
        assert "moi" in tx.registry.load().crews
    with furnished.snapshot() as tx:
        assert "moi" in tx.registry.load().crews


def test_what_was_rolled_back_is_not_remembered_under_the_next_version(furnished: State) -> None:
    with furnished.snapshot() as tx:
        tx.registry.load()

    def undone() -> None:
        with furnished.transaction() as tx:
            tx.registry.save_crews([Crew("undone", "Tổ ma")])
            assert "undone" in tx.registry.load().crews
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        undone()
    with furnished.transaction() as tx:
        tx.registry.save_crews([Crew("moi", "Tổ mới")])
    with furnished.snapshot() as tx:
        assert "undone" not in tx.registry.load().crews
        assert "moi" in tx.registry.load().crews
