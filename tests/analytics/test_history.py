"""History folders and the backtest."""

import pytest

from analytics.backtest import FINDINGS_COLUMNS, backtest, findings_csv
from analytics.findings import Finding, FindingKind
from analytics.history import HistoryError, parse_times, read_history, read_readings, read_sites
from analytics.settings import AnalyticsSettings
from devices.readings import Qc, SeriesKey
from devices.sites import Section
from tests.analytics.test_watch import EVENTFUL, WHOLE
from tests.analytics.world import DAY, START, final

SITES = """\
site_id,kind,name,village,lat,lon,downstream_site_id,section,width_m,height_m,invert_m,ground_m,report_interval_s
G2,drain,"Ga 2, ngõ 3",Giang Cao,,,G1,circular,0.6,0.6,2.1,3.6,
G1,drain,Ga 1,Giang Cao,,,C;X,circular,0.6,0.6,2.0,3.5,600
C,canal,,,,,,,,,0.0,4.5,
R,rain_gauge,,,,,,,,,,,
"""
HEAD = "site_id,channel,time,quantity,value\n"


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def test_sites_become_a_registry() -> None:
    registry, notices = read_sites(lines("\ufeff" + SITES))
    assert notices == ()
    assert registry.sites["G2"].name == "Ga 2, ngõ 3"
    assert registry.sites["G1"].downstream == ("C", "X")
    assert registry.sites["G1"].section is Section.CIRCULAR
    assert registry.sites["G1"].report_interval_s == 600
    assert registry.sites["C"].depth_to_ground_m == 4.5
    assert registry.sites["R"].invert_m is None
    assert registry.villages["Giang Cao"].name == "Giang Cao"


def test_odd_sites_are_notices() -> None:
    text = "site_id,kind,section,invert_m,colour\nG1,drain,egg,abc,red\nbad id,drain,,,\nG2,house,,,\n\n"
    registry, notices = read_sites(lines(text))
    assert list(registry.sites) == ["G1"]
    assert registry.sites["G1"].invert_m is None
    assert [(notice.what, notice.count, notice.first_row) for notice in notices] == [
        ("column 'colour' is not known: ignored", 1, 1),
        ("section not known: left empty", 1, 2),
        ("not a number: left empty", 1, 2),
        ("site without a usable id or kind: left out", 2, 3),
    ]


def readings(body: str, head: str = HEAD) -> tuple[list[tuple[SeriesKey, int, float, int]], dict[str, int]]:
    registry, _ = read_sites(lines(SITES))
    block, notices = read_readings(lines(head + body), registry)
    rows = [
        (block.keys[series], time_ms, value, qc)
        for series, time_ms, value, qc in zip(
            block.series.tolist(),
            block.time_ms.tolist(),
            block.value.tolist(),
            block.qc.tolist(),
            strict=True,
        )
    ]
    return rows, {notice.what: notice.count for notice in notices}


LEVEL = SeriesKey("G1", "1", "water_level_m")


def test_readings_keep_the_order_of_arrival() -> None:
    rows, notices = readings(
        "G1,1,2026-04-30T17:10:00Z,water_level_m,0.2\nG1,1,2026-04-30T17:00:00Z,water_level_m,0.1\n"
    )
    assert rows == [(LEVEL, START + 600_000, 0.2, 1), (LEVEL, START, 0.1, 1)]
    assert notices == {}


def test_absurd_rows_are_counted_and_never_stop_the_reading() -> None:
    rows, notices = readings(
        "G1,1,2026-04-30T17:00:00Z,water_level_m,0.1\n"
        "G1,1,2026-04-31T17:00:00Z,water_level_m,0.1\n"
        "G1,1,yesterday,water_level_m,0.1\n"
        "G1,1,2026-04-30T17:00:00Z,water_level_m,wet\n"
        "G1,1,2026-04-30T17:00:00Z,water_level_m,\n"
        "G1,1,2026-04-30T17:00:00Z,water_level_m,nan\n"
        "G1,1,2026-04-30T17:00:00Z,water_level_m,99\n"
        "G1,1,2026-04-30T17:00:00Z,colour,3\n"
        "ZZ,1,2026-04-30T17:00:00Z,water_level_m,0.1\n"
        "G1,1,2026\n"
        "\n"
    )
    assert rows == [(LEVEL, START, 0.1, Qc.GOOD), (LEVEL, START, 99.0, Qc.FAIL)]
    assert notices == {
        "row too short: left out": 1,
        "unknown site or quantity: left out": 2,
        "time not readable: left out": 2,
        "value not a number: left out": 3,
        "value out of range: flagged": 1,
    }


def test_a_row_measured_after_it_was_received_is_left_out() -> None:
    head = "site_id,channel,time,quantity,value,received_at\n"
    rows, notices = readings(
        "G1,1,2026-04-30T17:00:00Z,water_level_m,0.1,2026-04-30T17:00:02Z\n"
        "G1,1,2027-04-30T17:00:00Z,water_level_m,0.1,2026-04-30T17:05:02Z\n"
        "G1,1,2026-04-30T17:10:00Z,water_level_m,0.1,\n",
        head,
    )
    assert [row[1] for row in rows] == [START, START + 600_000]
    assert notices == {"measured later than received: left out": 1}


def test_quoted_cells_and_other_columns_are_read_too() -> None:
    rows, notices = readings(
        '"G1",1,2026-04-30T17:00:00Z,water_level_m,0.1,"a, b"\nG1,,2026-04-30T17:10:00Z,water_level_m,0.2,\n',
        "site_id,channel,time,quantity,value,note\n",
    )
    assert [row[0] for row in rows] == [LEVEL, LEVEL]
    assert notices == {"column 'note' is not known: ignored": 1}


def test_windows_line_ends_are_read() -> None:
    registry, _ = read_sites(lines(SITES))
    text = HEAD + "G1,1,2026-04-30T17:00:00Z,water_level_m,0.1\n"
    block, notices = read_readings(lines(text.replace("\n", "\r\n")), registry)
    assert (len(block), notices) == (1, ())


def test_a_missing_column_is_said_plainly() -> None:
    with pytest.raises(HistoryError, match=r"readings.csv: the columns value are missing"):
        readings("", "site_id,channel,time,quantity\n")
    with pytest.raises(HistoryError, match=r"sites.csv"):
        read_sites([])


def test_an_empty_history_has_no_findings() -> None:
    history = read_history(lines(SITES), lines(HEAD))
    assert backtest(history, AnalyticsSettings()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-30T17:00:00Z", START),
        ("2026-05-01T00:00:00+07:00", START),
        ("2026-04-30T17:00:00.250Z", START + 250),
        ("2026-04-30 17:00:00", START),
        ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
    ],
)
def test_times_are_read_in_all_common_forms(text: str, expected: int) -> None:
    assert parse_times([text]).tolist() == [expected]
    assert parse_times([text, "2026-04-30T17:00:00.0Z"]).tolist() == [expected, START]


def as_csv() -> tuple[list[str], list[str]]:
    from datetime import UTC, datetime

    from tests.analytics.world import registry

    sites = ["site_id,kind,downstream_site_id,section,width_m,height_m,invert_m,ground_m"]
    for site in registry().sites.values():
        cells = (site.section, site.width_m, site.height_m, site.invert_m, site.ground_m)
        rest = ",".join("" if cell is None else str(cell) for cell in cells)
        sites.append(f"{site.id},{site.kind},{';'.join(site.downstream)},{rest}")
    rows = [HEAD.strip()]
    for row in EVENTFUL:
        time = datetime.fromtimestamp(row.time_ms / 1000, UTC).isoformat().replace("+00:00", "Z")
        rows.append(f"{row.site_id},{row.channel},{time},{row.quantity},{row.value}")
    return sites, rows


def test_a_backtest_finds_what_the_watch_finds() -> None:
    told: list[tuple[int, int]] = []
    history = read_history(*as_csv())
    found = backtest(history, AnalyticsSettings(), lambda done, total: told.append((done, total)))
    assert found == final(WHOLE)
    assert told[-1] == (len(EVENTFUL), len(EVENTFUL))


def test_findings_are_written_as_the_design_says() -> None:
    finding = Finding(
        "G1",
        FindingKind.BLOCKED_DRAIN,
        severity=WHOLE[0].severity,
        opened_ms=START,
        updated_ms=START,
        confidence=0.876,
        closed_ms=START + DAY,
        conduit_from="G1",
        conduit_to="C",
    )
    text = findings_csv([finding], lambda one, lang: f"{one.site_id}, {lang}")
    head, row = text.splitlines()
    assert head == ",".join(FINDINGS_COLUMNS)
    assert row == (
        f"G1,blocked_drain,{finding.severity},2026-04-30T17:00:00Z,2026-05-01T17:00:00Z,"
        'G1,C,0.88,"G1, vi","G1, en"'
    )
