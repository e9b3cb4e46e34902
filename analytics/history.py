"""A history folder, read from text: sites and readings as columns. Pure; the caller opens the files.

Bad rows are ordinary: they are left out, counted, and named in the notices; a column that is missing
altogether is the only thing that stops the reading.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from analytics.tables import F64, I64
from devices.quantities import QUANTITIES
from devices.readings import Block, Qc, SeriesKey
from devices.sites import Registry, Section, Site, SiteKind, Village, is_id

_CHUNK = 20_000
_FUTURE_MS = 300_000
_BAD_TIME = np.iinfo(np.int64).min


class HistoryError(Exception):
    """A file of the history folder cannot be read at all."""

    def __init__(self, file: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{file}: the columns {', '.join(missing)} are missing")
        self.file, self.missing = file, missing


@dataclass(frozen=True, slots=True)
class Notice:
    """Something in a file that was left out or put right, how often, and where it first stood."""

    file: str
    what: str
    count: int
    first_row: int


@dataclass(frozen=True, slots=True)
class History:
    """Sites as a registry, readings in order of arrival, and what was noticed while reading them."""

    registry: Registry
    block: Block
    notices: tuple[Notice, ...]


class _Notices:
    """Counts what is wrong with a file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts: Counter[str] = Counter()
        self.first: dict[str, int] = {}

    def add(self, what: str, row: int, count: int = 1) -> None:
        self.counts[what] += count
        self.first.setdefault(what, row)

    def all(self) -> tuple[Notice, ...]:
        return tuple(Notice(self.file, what, count, self.first[what]) for what, count in self.counts.items())


def read_history(
    sites: Iterable[str],
    readings: Iterable[str],
    progress: Callable[[int], None] | None = None,
) -> History:
    """Read the two files of a history folder.

    Args:
        sites: Lines of `sites.csv` (an open file, or `text.splitlines()`).
        readings: Lines of `readings.csv`.
        progress: Told the number of readings read so far.

    Raises:
        HistoryError: a column that must be there is not.
    """
    registry, site_notices = read_sites(sites)
    block, reading_notices = read_readings(readings, registry, progress)
    return History(registry, block, site_notices + reading_notices)


def read_sites(lines: Iterable[str]) -> tuple[Registry, tuple[Notice, ...]]:
    """The sites of a history as a registry without devices; the name of a village is its id."""
    notices = _Notices("sites.csv")
    rows = csv.reader(_without_mark(lines))
    columns = _columns("sites.csv", next(rows, []), ("site_id", "kind"), _SITE_COLUMNS, notices)
    sites: dict[str, Site] = {}
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        cells = {name: row[place].strip() for name, place in columns.items() if place < len(row)}
        site = _site(cells, notices, number)
        if site is not None:
            sites[site.id] = site
    villages = {site.village_id: Village(site.village_id, site.village_id, "") for site in sites.values()}
    villages.pop("", None)
    return Registry(version=1, sites=sites, villages=villages), notices.all()


_SITE_COLUMNS = frozenset(
    {
        "site_id",
        "kind",
        "name",
        "village",
        "lat",
        "lon",
        "downstream_site_id",
        "section",
        "width_m",
        "height_m",
        "invert_m",
        "ground_m",
        "report_interval_s",
        "name_en",
        "side",
        "route",
        "cluster",
    }
)
_KINDS = frozenset(map(str, SiteKind))
_SECTIONS = frozenset(map(str, Section))


def _site(cells: dict[str, str], notices: _Notices, row: int) -> Site | None:
    site_id, kind = cells.get("site_id", ""), cells.get("kind", "")
    if not is_id(site_id) or kind not in _KINDS:
        notices.add("site without a usable id or kind: left out", row)
        return None
    section = cells.get("section", "")
    if section and section not in _SECTIONS:
        notices.add("section not known: left empty", row)
        section = ""

    def number(name: str) -> float | None:
        return _number(cells.get(name, ""), notices, row)

    interval = number("report_interval_s")
    return Site(
        id=site_id,
        kind=SiteKind(kind),
        name=cells.get("name", ""),
        name_en=cells.get("name_en", ""),
        village_id=cells.get("village", ""),
        lat=number("lat"),
        lon=number("lon"),
        downstream=tuple(
            part.strip() for part in cells.get("downstream_site_id", "").split(";") if part.strip()
        ),
        section=Section(section) if section else None,
        width_m=number("width_m"),
        height_m=number("height_m"),
        invert_m=number("invert_m"),
        ground_m=number("ground_m"),
        report_interval_s=int(interval) if interval is not None and interval >= 1 else None,
        side=cells.get("side", ""),
        route=cells.get("route", ""),
    )


def _number(text: str, notices: _Notices, row: int) -> float | None:
    if not text:
        return None
    value = _float(text)
    if np.isnan(value):
        notices.add("not a number: left empty", row)
        return None
    return value


def read_readings(
    lines: Iterable[str], registry: Registry, progress: Callable[[int], None] | None = None
) -> tuple[Block, tuple[Notice, ...]]:
    """Readings in order of arrival.

    Values out of a quantity's physical range stay, flagged as failed. Rows that cannot be placed (unknown
    site or quantity, no time, no number, measured later than they were received) are left out.
    """
    notices = _Notices("readings.csv")
    text = _without_mark(lines)
    must = ("site_id", "channel", "time", "quantity", "value")
    header = next(csv.reader(text), [])
    columns = _columns("readings.csv", header, must, frozenset((*must, "received_at")), notices)
    numbers: dict[SeriesKey, int] = {}
    parts: list[_Part] = []
    done = 0
    for cells in _chunks(text, len(header), notices):
        parts.append(_part(cells, columns, numbers, registry, notices, done + 2))
        done += len(cells[0])
        if progress is not None:
            progress(done)
    if not parts:
        parts.append(_part([()] * len(header), columns, numbers, registry, notices, 2))
    block = Block(
        keys=tuple(numbers),
        series=np.concatenate([part.series for part in parts]),
        time_ms=np.concatenate([part.time_ms for part in parts]),
        value=np.concatenate([part.value for part in parts]),
        qc=np.concatenate([part.qc for part in parts]),
        received_ms=np.concatenate([part.received_ms for part in parts]),
    )
    return block, notices.all()


@dataclass(frozen=True, slots=True)
class _Part:
    series: NDArray[np.int32]
    time_ms: I64
    value: F64
    qc: NDArray[np.uint8]
    received_ms: I64


#: The cells of a stretch of rows, one sequence a column.
_Cells = Sequence[Sequence[str]]


def _chunks(lines: Iterator[str], width: int, notices: _Notices) -> Iterator[_Cells]:
    """The rows in chunks. Plain text is cut at its commas; from the first quotation mark on, csv reads."""
    done = 0
    while chunk := list(islice(lines, _CHUNK)):
        text = "\n".join(line.rstrip("\r\n") for line in chunk)
        if '"' in text:
            yield from _quoted_chunks(csv.reader(chain(chunk, lines)), width, notices, done)
            return
        if set(map(_commas, chunk)) == {width - 1}:
            flat = text.replace("\n", ",").split(",")
            yield [flat[place::width] for place in range(width)]
        else:
            yield from _quoted_chunks(csv.reader(chunk), width, notices, done)
        done += len(chunk)


def _quoted_chunks(rows: Iterator[list[str]], width: int, notices: _Notices, done: int) -> Iterator[_Cells]:
    while chunk := list(islice(rows, _CHUNK)):
        full = []
        for number, row in enumerate(chunk):
            if len(row) >= width:
                full.append(row)
            elif any(row):
                notices.add("row too short: left out", done + number + 2)
        done += len(chunk)
        if full:
            yield list(zip(*full, strict=False))


def _commas(line: str) -> int:
    return line.count(",")


def _part(
    cells: _Cells,
    columns: dict[str, int],
    numbers: dict[SeriesKey, int],
    registry: Registry,
    notices: _Notices,
    first_row: int,
) -> _Part:
    series = _series(cells, columns, numbers, registry)
    time_ms = parse_times(cells[columns["time"]])
    received = columns.get("received_at")
    received_ms = time_ms if received is None else parse_times(cells[received])
    received_ms = np.where(received_ms == _BAD_TIME, time_ms, received_ms)
    value = _values(cells[columns["value"]])
    wrong = (
        ("unknown site or quantity: left out", series < 0),
        ("time not readable: left out", time_ms == _BAD_TIME),
        ("value not a number: left out", ~np.isfinite(value)),
        ("measured later than received: left out", time_ms > received_ms + _FUTURE_MS),
    )
    keep = np.ones(len(series), np.bool_)
    for what, bad in wrong:
        bad = bad & keep
        if bad.any():
            notices.add(what, first_row + int(bad.argmax()), int(bad.sum()))
            keep &= ~bad
    qc = _qc(series, value, numbers)
    failed = keep & (qc == Qc.FAIL)
    if failed.any():
        notices.add("value out of range: flagged", first_row + int(failed.argmax()), int(failed.sum()))
    return _Part(series[keep], time_ms[keep], value[keep], qc[keep], received_ms[keep])


def _series(
    cells: _Cells, columns: dict[str, int], numbers: dict[SeriesKey, int], registry: Registry
) -> NDArray[np.int32]:
    """(n,) number of each row's series, -1 where its site or quantity is not known."""
    seen: dict[tuple[str, str, str], int] = {}
    triples = list(
        zip(cells[columns["site_id"]], cells[columns["channel"]], cells[columns["quantity"]], strict=True)
    )
    for triple in dict.fromkeys(triples):
        key = SeriesKey(triple[0].strip(), triple[1].strip() or "1", triple[2].strip())
        fits = key.site_id in registry.sites and key.quantity in QUANTITIES
        seen[triple] = numbers.setdefault(key, len(numbers)) if fits else -1
    return np.fromiter(map(seen.__getitem__, triples), np.int32, len(triples))


def _qc(series: NDArray[np.int32], value: F64, numbers: dict[SeriesKey, int]) -> NDArray[np.uint8]:
    bounds = np.array(
        [(QUANTITIES[key.quantity].minimum, QUANTITIES[key.quantity].maximum) for key in numbers]
    ).reshape(-1, 2)
    if not len(bounds):
        return np.full(len(series), Qc.GOOD, np.uint8)
    low, high = bounds[series].T
    return np.where((value < low) | (value > high), Qc.FAIL, Qc.GOOD).astype(np.uint8)


def _values(texts: Sequence[str]) -> F64:
    """(n,) numbers, NaN where there is none."""
    try:
        return np.fromiter(map(float, texts), np.float64, len(texts))
    except ValueError:
        return np.fromiter(map(_float, texts), np.float64, len(texts))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def parse_times(texts: Sequence[str]) -> I64:
    """(n,) epoch ms of RFC 3339 times; the least int64 where a text is none. Without an offset it is UTC."""
    plain = len("2026-01-01T00:00:00Z")
    if set(map(len, texts)) == {plain} and (text := "".join(texts)).isascii():
        times = _plain_times(text, plain)
        if times is not None:
            return times
    known: dict[str, int] = {}
    for text in set(texts):
        known[text] = _time(text)
    return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))


def _plain_times(text: str, width: int) -> I64 | None:
    """The common form, `2026-01-01T00:00:00Z`, all rows at once; None if any row is of another form."""
    letters = np.frombuffer(text.encode(), np.uint8).reshape(-1, width)
    digits = letters[:, [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]].astype(np.int32) - ord("0")
    frame = letters[:, [4, 7, 10, 13, 16, 19]]
    if (frame != np.frombuffer(b"--T::Z", np.uint8)).any() or (digits < 0).any() or (digits > 9).any():
        return None
    pairs = digits[:, ::2] * 10 + digits[:, 1::2]
    year, month, day = pairs[:, 0] * 100 + pairs[:, 1], pairs[:, 2], pairs[:, 3]
    hour, minute, second = pairs[:, 4], pairs[:, 5], pairs[:, 6].astype(np.int64)
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - first
    wrong = (
        (month < 1) | (month > 12) | (day < 1) | (day > length) | (hour > 23) | (minute > 59) | (second > 59)
    )
    if wrong.any():
        return None
    return np.asarray((((first + day - 1) * 24 + hour) * 60 + minute) * 60_000 + second * 1000)


def _time(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return int(_BAD_TIME)


def _columns(
    file: str, header: list[str], must: tuple[str, ...], known: frozenset[str], notices: _Notices
) -> dict[str, int]:
    columns = {name.strip(): place for place, name in enumerate(header)}
    missing = tuple(name for name in must if name not in columns)
    if missing:
        raise HistoryError(file, missing)
    for name in columns.keys() - known:
        notices.add(f"column {name!r} is not known: ignored", 1)
    return {name: place for name, place in columns.items() if name in known}


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    """The lines without a byte-order mark."""
    rest = iter(lines)
    return chain((line.removeprefix("\ufeff") for line in islice(rest, 1)), rest)
