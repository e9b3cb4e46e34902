"""Files people make: what is taken, what is refused, and how the refusal tells them what to mend."""

import json
import unicodedata
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.importing import (
    ImportRefused,
    Problem,
    export_crews_csv,
    export_devices_csv,
    export_sites_csv,
    export_sites_geojson,
    read_crews,
    read_devices,
    read_sites,
    text_of,
)
from devices.importing.csv_text import rows_of
from devices.sites import (
    Calibration,
    Clock,
    Cluster,
    Crew,
    Device,
    Geometry,
    Mounting,
    Registry,
    Section,
    Site,
    SiteKind,
    Village,
)

SITES = """site_id,kind,name,village,lat,lon,downstream_site_id,section,width_m,height_m,invert_m,ground_m,\
report_interval_s,name_en,cluster,side,route
G07,drain,"Ga G07, ngõ 3",Giang Cao,20.981,105.912,G06;X03,circular,0.6,0.6,7.1,8.6,600,Manhole G07,\
Bát Tràng,ngoai_de,
G06,drain,Ga G06,Giang Cao,,,X03,,,,,,,,Bát Tràng,,
X03,canal,Cửa xả X03,,,,,open,2,,,,,,,,
D15,waste_point,Điểm Đ15,Thôn 1,20.96,105.904,,,,,,,3600,,Kim Lan,,tuyen-2
D16,waste_point,Điểm Đ16,Thôn 1,,,,,,,,,,,Đông Dư,,
"""


def problems_of(text: str, reader: str = "sites", registry: Registry | None = None) -> list[Problem]:
    """What a refused file is refused for."""
    readers: dict[str, Callable[[], object]] = {
        "sites": lambda: read_sites(text, "csv", registry),
        "devices": lambda: read_devices(text, registry),
        "crews": lambda: read_crews(text, registry, ("flooding", "overflow")),
    }
    with pytest.raises(ImportRefused) as refused:
        readers[reader]()
    assert all(problem.what and problem.remedy for problem in refused.value.problems)
    return refused.value.problems


def where(problems: list[Problem]) -> list[tuple[int, str]]:
    """Row and column of every problem."""
    return [(problem.row, problem.column) for problem in problems]


# Sites


def test_a_file_of_sites_is_read_with_its_villages_and_clusters() -> None:
    file = read_sites(SITES, "csv")
    assert file.sites[0] == Site(
        "G07",
        SiteKind.DRAIN,
        "Ga G07, ngõ 3",
        "Manhole G07",
        "giang-cao",
        20.981,
        105.912,
        ("G06", "X03"),
        Section.CIRCULAR,
        0.6,
        0.6,
        7.1,
        8.6,
        600,
        "ngoai_de",
    )
    assert file.sites[2].lat is None
    assert file.clusters == (
        Cluster("bat-trang", "Bát Tràng"),
        Cluster("kim-lan", "Kim Lan"),
        Cluster("dong-du", "Đông Dư"),
    )
    assert file.notices == ()


def test_a_village_name_that_stands_in_two_clusters_is_two_villages() -> None:
    file = read_sites(SITES, "csv")
    assert file.villages == (
        Village("giang-cao", "Giang Cao", "bat-trang"),
        Village("thon-1", "Thôn 1", "kim-lan"),
        Village("dong-du-thon-1", "Thôn 1", "dong-du"),
    )
    assert [site.village_id for site in file.sites[3:]] == ["thon-1", "dong-du-thon-1"]


def test_a_village_the_registry_knows_is_found_by_id_or_by_name_and_not_made_again() -> None:
    registry = Registry(
        villages={"v1": Village("v1", "Giang Cao", "c1"), "v2": Village("v2", "Thôn 1", "c2")},
        clusters={"c1": Cluster("c1", "Bát Tràng"), "c2": Cluster("c2", "Kim Lan")},
    )
    file = read_sites(
        "site_id,kind,village,cluster\na,drain,v2,\nb,drain,giang cao,Bát Tràng\n", "csv", registry
    )
    assert [site.village_id for site in file.sites] == ["v2", "v1"]
    assert (file.villages, file.clusters) == ((), ())


def test_a_village_name_that_may_be_two_is_refused_with_both_ids() -> None:
    registry = Registry(villages={"v1": Village("v1", "Thôn 1", "c1"), "v2": Village("v2", "Thôn 1", "c2")})
    (problem,) = problems_of("site_id,kind,village\na,drain,Thôn 1\n", registry=registry)
    assert "v1 or v2" in problem.what


def test_a_byte_order_mark_is_accepted_and_names_come_out_composed() -> None:
    text = "\ufeff" + unicodedata.normalize("NFD", "site_id,kind,name\ng1,drain,Rãnh Đa Tốn\n")
    assert read_sites(text, "csv").sites[0].name == unicodedata.normalize("NFC", "Rãnh Đa Tốn")


def test_bytes_with_a_byte_order_mark_are_text_and_other_encodings_are_refused() -> None:
    assert text_of(b"\xef\xbb\xbfsite_id") == "site_id"
    with pytest.raises(ImportRefused, match="UTF-8"):
        text_of("Đa Tốn".encode("utf-16"))


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_file_with_other_separators_is_refused_with_the_remedy(separator: str, word: str) -> None:
    (problem,) = problems_of(f"site_id{separator}kind\ng1{separator}drain\n")
    assert word in problem.what
    assert "comma delimited" in problem.remedy


def test_a_decimal_comma_is_refused_with_the_number_as_it_should_be() -> None:
    (problem,) = problems_of('site_id,kind,lat,lon,invert_m\ng1,drain,20.9,105.9,"1.250,5"\n')
    assert (problem.row, problem.column) == (2, "invert_m")
    assert "decimal comma" in problem.what
    assert "1250.5" in problem.remedy


def test_an_unquoted_decimal_comma_shows_as_a_cell_too_many() -> None:
    problems = problems_of("site_id,kind,invert_m\ng1,drain,7,5\n")
    assert problems[0].row == 2
    assert "4 cells under 3 columns" in problems[0].what


def test_every_problem_of_a_file_is_told_at_once() -> None:
    text = """site_id,kind,lat,lon,downstream_site_id,section,width_m,invert_m,ground_m,report_interval_s,side
,drain,20.9,105.9,,,,,,,
g 1,drain,105.9,20.9,,,,,,,
g2,sewer,20.9,,g9,round,-1,8,7,1.5,left
g2,drain,,,g2,,abc,,,,
"""
    assert where(problems_of(text)) == [
        (2, "site_id"),
        (3, "lat"),
        (3, "site_id"),
        (4, "kind"),
        (4, "lon"),
        (4, "ground_m"),
        (4, "side"),
        (4, "section"),
        (4, "width_m"),
        (4, "report_interval_s"),
        (4, "downstream_site_id"),
        (5, "width_m"),
        (5, "site_id"),
        (5, "downstream_site_id"),
    ]


def test_a_problem_reads_as_a_sentence_with_row_column_and_remedy() -> None:
    with pytest.raises(
        ImportRefused, match=r"row 2, column kind: 'sewer' is not known\. Use one of: drain, canal"
    ):
        read_sites("site_id,kind\ng1,sewer\n", "csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "")]),
        ("\n \n", [(0, "")]),
        ("kind\ndrain\n", [(1, "site_id")]),
        ("site_id,kind,kind\ng1,drain,drain\n", [(1, "kind")]),
        ('site_id,kind\n"g1,drain\n', [(0, "")]),
    ],
)
def test_a_file_that_is_no_table_is_refused(text: str, expected: list[tuple[int, str]]) -> None:
    assert where(problems_of(text)) == expected


def test_unknown_columns_and_blank_rows_are_passed_over_with_a_notice() -> None:
    file = read_sites("site_id,colour,kind\n,,\ng1,red,drain\n\n", "csv")
    assert [site.id for site in file.sites] == ["g1"]
    assert file.notices == ("column 'colour' is not known and was ignored",)


def test_a_file_without_sites_says_so() -> None:
    assert read_sites("site_id,kind\n", "csv").notices == ("the file holds no sites",)


def test_a_site_downstream_may_be_one_the_registry_has() -> None:
    registry = Registry(sites={"X03": Site("X03", SiteKind.CANAL)})
    file = read_sites("site_id,kind,downstream_site_id\ng1,drain,X03\n", "csv", registry)
    assert file.sites[0].downstream == ("X03",)


# GeoJSON


def _collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_geojson_points_become_the_same_sites() -> None:
    feature = {
        "type": "Feature",
        "id": "g1",
        "geometry": {"type": "Point", "coordinates": [105.912, 20.981, 8.0]},
        "properties": {
            "kind": "drain",
            "name": unicodedata.normalize("NFD", "Rãnh"),
            "downstream_site_id": ["g2"],
            "width_m": 0.4,
            "marker-color": "#f00",
        },
    }
    other = {"type": "Feature", "geometry": None, "properties": {"site_id": "g2", "kind": "canal"}}
    file = read_sites(_collection(feature, other), "geojson")
    assert file.sites == (
        Site("g1", SiteKind.DRAIN, "Rãnh", lat=20.981, lon=105.912, downstream=("g2",), width_m=0.4),
        Site("g2", SiteKind.CANAL),
    )
    assert file.notices == ("column 'marker-color' is not known and was ignored",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", [(0, "")]),
        ("[]", [(0, "")]),
        ('{"type": "FeatureCollection"}', [(0, "")]),
        (_collection(7), [(1, ""), (1, "kind"), (1, "site_id")]),
        (
            _collection(
                {
                    "geometry": {"type": "LineString", "coordinates": [[1, 2]]},
                    "properties": {"site_id": "a", "kind": "drain"},
                }
            ),
            [(1, "geometry")],
        ),
        (
            _collection(
                {
                    "geometry": {"type": "Point", "coordinates": [20.9, 105.9]},
                    "properties": {"site_id": "a", "kind": "drain"},
                }
            ),
            [(1, "lat")],
        ),
    ],
)
def test_geojson_of_the_wrong_shape_is_refused_with_the_number_of_its_feature(
    text: str, expected: list[tuple[int, str]]
) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_sites(text, "geojson")
    assert where(refused.value.problems) == expected


# Devices

DEVICES = """device_id,model,name,site_id,channel,mounted_from,mount_height_mm,full_distance_mm,dead_zone_mm,\
max_range_mm,offset_mm,expected_interval_s
24E124713B494221,milesight/em310-udl,Thùng 1,D15,1,2026-11-01T00:00:00+07:00,1200,300,,,-12,600
own-07,,,G07,,,2500,,,,,
spare-1,dragino/dds75-lb,,,,,,,,,,
"""


def test_a_file_of_devices_is_read_with_their_mountings() -> None:
    file = read_devices(DEVICES)
    assert file.devices == (
        Device("24e124713b494221", "milesight/em310-udl", "Thùng 1", 600),
        Device("own-07"),
        Device("spare-1", "dragino/dds75-lb"),
    )
    assert file.mountings == (
        Mounting(
            "24e124713b494221",
            "D15",
            "1",
            1_793_466_000_000,
            None,
            Geometry(1200, 300, None, None, -12),
        ),
        Mounting("own-07", "G07", geometry=Geometry(2500)),
    )


def test_a_device_tells_whose_clock_to_believe_and_at_what_temperature_it_measures_right() -> None:
    text = "device_id,site_id,mount_height_mm,clock,max_skew_s,assumed_c\na,s,2500,gateway,60,25\nb,s,,,,\n"
    file = read_devices(text.replace("b,s", "b,t"))
    assert file.devices == (Device("a", clock=Clock.GATEWAY, max_skew_s=60), Device("b"))
    assert file.mountings[0].geometry == Geometry(2500, assumed_c=25)


def test_a_clock_nobody_has_and_limits_nobody_needs_are_refused() -> None:
    text = "device_id,site_id,clock,max_skew_s,assumed_c\na,s,sundial,-1,200\n"
    assert where(problems_of(text, "devices")) == [(2, "max_skew_s"), (2, "clock"), (2, "assumed_c")]


def test_a_mounting_imported_again_keeps_its_calibrations() -> None:
    calibration = Calibration(1_795_421_700_000, "water_level_m", offset=0.02, by="lan")
    there = Mounting("a", "s", calibrations=(calibration,), geometry=Geometry(2500))
    registry = Registry(sites={"s": Site("s", SiteKind.DRAIN)}, mountings={"a": (there,)})
    text = "device_id,site_id,channel,mount_height_mm\na,s,{},2400\n"
    (again,) = read_devices(text.format(1), registry).mountings
    assert (again.geometry.mount_height_mm, again.calibrations) == (2400, (calibration,))
    (elsewhere,) = read_devices(text.format(2), registry).mountings
    assert elsewhere.calibrations == ()


def test_a_device_that_was_moved_has_a_row_for_each_place_and_the_first_ends_where_the_next_begins() -> None:
    text = "device_id,site_id,mounted_from\na,s2,2026-11-02T00:00:00Z\na,s1,2026-11-01T00:00:00Z\n"
    file = read_devices(text)
    assert [(m.site_id, m.to_ms) for m in file.mountings] == [("s1", 1_793_577_600_000), ("s2", None)]
    assert len(file.devices) == 1


def test_every_problem_of_a_file_of_devices_is_told_at_once() -> None:
    text = """device_id,model,site_id,channel,mounted_from,mounted_to,mount_height_mm,full_distance_mm,\
dead_zone_mm,max_range_mm
a,vendor/none,s1,,yesterday,,300,400,500,400
b,,s1,,,,,,,
c,,,,,,1200,,,
d,,s9,,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z,,,,
"""
    registry = Registry(sites={"s1": Site("s1", SiteKind.DRAIN)})
    assert where(problems_of(text, "devices", registry)) == [
        (2, "model"),
        (2, "full_distance_mm"),
        (2, "dead_zone_mm"),
        (2, "mounted_from"),
        (3, "channel"),
        (4, "site_id"),
        (5, "site_id"),
        (5, "mounted_to"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a,,x,s1,2026-11-01T00:00:00Z,\na,,y,s2,2026-11-02T00:00:00Z,", [(3, "device_id")]),
        ("a,,,s1,,\na,,,s2,,", [(3, "mounted_from")]),
        (
            "a,,,s1,2026-11-01T00:00:00Z,2026-11-03T00:00:00Z\na,,,s2,2026-11-02T00:00:00Z,",
            [(3, "mounted_from")],
        ),
        ("a,,,s1,,\nb,,,s1,2026-11-02T00:00:00Z,", [(3, "channel")]),
    ],
)
def test_devices_that_contradict_each_other_are_refused(rows: str, expected: list[tuple[int, str]]) -> None:
    text = f"device_id,model,name,site_id,mounted_from,mounted_to\n{rows}\n"
    assert where(problems_of(text, "devices")) == expected


def test_a_device_may_follow_another_on_its_channel() -> None:
    text = """device_id,site_id,mounted_from,mounted_to
a,s1,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z
b,s1,2026-11-02T00:00:00Z,
"""
    assert len(read_devices(text).mountings) == 2


# Crews


def test_a_file_of_crews_is_read() -> None:
    text = (
        "crew_id,name,kinds,clusters,phone\nthoat-nuoc-1,Tổ thoát nước 1,flooding; overflow,da-ton,024 3333\n"
    )
    assert read_crews(text).crews == (
        Crew(
            "thoat-nuoc-1", "Tổ thoát nước 1", "", ("flooding", "overflow"), (), ("da-ton",), "", "024 3333"
        ),
    )


def test_every_problem_of_a_file_of_crews_is_told_at_once() -> None:
    text = "crew_id,name,kinds,villages,side\nt1,,flood,nowhere,left\nt1,Tổ 1,,,\n"
    assert where(problems_of(text, "crews", Registry())) == [
        (2, "name"),
        (2, "side"),
        (2, "kinds"),
        (2, "villages"),
        (3, "crew_id"),
    ]


# Out again

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text).strip()
)
IDS = st.from_regex(r"[A-Za-z0-9._:-]{1,12}", fullmatch=True)
METRES = st.none() | st.floats(0.01, 50).map(lambda value: round(value, 3))


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    """A registry as importing can make it: every village in use, every downstream site there."""
    site_ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    cluster = Cluster(draw(IDS), draw(NAMES.filter(bool)))
    village = Village(draw(IDS), draw(NAMES.filter(bool)), cluster.id)
    sites = {}
    for position, site_id in enumerate(site_ids):
        place = draw(st.booleans())
        sites[site_id] = Site(
            site_id,
            draw(st.sampled_from(SiteKind)),
            draw(NAMES),
            draw(NAMES),
            village.id,
            draw(st.floats(-90, 90)) if place else None,
            draw(st.floats(-180, 180)) if place else None,
            tuple(site_ids[:position]),
            draw(st.none() | st.sampled_from(Section)),
            draw(METRES),
            draw(METRES),
            invert_m=draw(METRES),
            report_interval_s=draw(st.none() | st.integers(1, 604_800)),
            route=draw(NAMES),
        )
    devices = {}
    mountings = {}
    for number, site_id in enumerate(site_ids):
        device = Device(
            f"d-{number}",
            draw(st.sampled_from(["", "dragino/dds75-lb"])),
            draw(NAMES),
            clock=draw(st.sampled_from(Clock)),
            max_skew_s=draw(st.integers(0, 86_400)),
        )
        devices[device.id] = device
        geometry = Geometry(
            draw(METRES),
            None,
            draw(METRES),
            None,
            draw(st.floats(-50, 50)),
            draw(st.none() | st.floats(-40, 85)),
        )
        calibrations = draw(st.sampled_from([(), (Calibration(5, "water_level_m", 0.1),)]))
        moved_ms = draw(st.integers(1_600_000_000_000, 1_900_000_000_000))
        if geometry.mount_height_mm is None or geometry.mount_height_mm >= 1:
            mountings[device.id] = (
                Mounting(device.id, site_id, "1", 0, moved_ms, geometry, calibrations),
                Mounting(device.id, site_id, "2", moved_ms, None, geometry),
            )
    crew = Crew("c", draw(NAMES.filter(bool)), kinds=("flooding",), villages=(village.id,), phone=draw(NAMES))
    return Registry(
        0, sites, {village.id: village}, {cluster.id: cluster}, devices, mountings, crews={crew.id: crew}
    )


@given(registries())
def test_what_was_exported_imports_to_the_same(registry: Registry) -> None:
    for text, fmt in ((export_sites_csv(registry), "csv"), (export_sites_geojson(registry), "geojson")):
        file = read_sites(text, "csv" if fmt == "csv" else "geojson")
        assert {site.id: site for site in file.sites} == registry.sites
        assert {village.id: village for village in file.villages} == registry.villages
        assert {cluster.id: cluster for cluster in file.clusters} == registry.clusters
        assert file.notices == ()
    devices = read_devices(export_devices_csv(registry), registry)
    assert {device.id: device for device in devices.devices} == registry.devices
    assert set(devices.mountings) == {one for held in registry.mountings.values() for one in held}
    assert read_crews(export_crews_csv(registry), registry, ("flooding",)).crews == tuple(
        registry.crews.values()
    )


@given(st.text(max_size=200))
def test_no_text_makes_a_reader_raise_anything_but_a_refusal(text: str) -> None:
    for body in (text, f"site_id,kind\n{text}", f"device_id,site_id\n{text}"):
        for read in (
            lambda body=body: read_sites(body, "csv"),
            lambda body=body: read_sites(body, "geojson"),
            lambda body=body: read_devices(body),
            lambda body=body: read_crews(body),
        ):
            with suppress(ImportRefused):
                read()


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    rows, columns = rows_of('a,b\n"two\nlines",x\n\nlast,y\n', ("a",))
    assert [row.number for row in rows] == [2, 4]
    assert columns == ["a", "b"]
