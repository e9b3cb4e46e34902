"""Crews from CSV."""

from collections.abc import Collection
from dataclasses import dataclass

from devices.importing import csv_text
from devices.importing.problems import ImportRefused
from devices.importing.rows import Row, unknown_columns
from devices.sites import Crew, Registry

REQUIRED = ("crew_id", "name")
COLUMNS = ("crew_id", "name", "name_en", "kinds", "villages", "clusters", "side", "phone")
_SIDES = ("", "trong_de", "ngoai_de")


@dataclass(frozen=True, slots=True)
class CrewsFile:
    """What a file of crews holds."""

    crews: tuple[Crew, ...]
    notices: tuple[str, ...] = ()


def read_crews(
    text: str, registry: Registry | None = None, kinds: Collection[str] | None = None
) -> CrewsFile:
    """Read a file of crews; ImportRefused with every problem, and then nothing is taken.

    `kinds`, `villages` and `clusters` are lists separated by semicolons. They are checked against `kinds`
    (the finding kinds there are) and `registry` where these are given.
    """
    rows, columns = csv_text.rows_of(text, REQUIRED)
    first: dict[str, int] = {}
    crews: list[Crew] = []
    for row in rows:
        crew = _crew(row, kinds)
        crews.append(crew)
        if crew.id and first.setdefault(crew.id, row.number) != row.number:
            row.refuse(
                "crew_id", f"{crew.id} stands in row {first[crew.id]} already", "Give every crew its own id"
            )
        if registry is not None:
            _check_listed(row, "villages", crew.villages, registry.villages)
            _check_listed(row, "clusters", crew.clusters, registry.clusters)
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise ImportRefused(problems)
    notices = unknown_columns(columns, COLUMNS) + (() if rows else ("the file holds no crews",))
    return CrewsFile(tuple(crews), notices)


def _crew(row: Row, kinds: Collection[str] | None) -> Crew:
    if not row.text("name"):
        row.refuse("name", "is empty", "Write what people call the crew")
    if row.text("side") not in _SIDES:
        row.refuse(
            "side", f"{row.text('side')[:80]!r} is not known", "Use trong_de, ngoai_de, or leave it empty"
        )
    sent_for = row.listed("kinds")
    if kinds is not None:
        _check_listed(row, "kinds", sent_for, kinds)
    return Crew(
        id=row.needed_id("crew_id"),
        name=row.text("name"),
        name_en=row.text("name_en"),
        kinds=sent_for,
        villages=row.listed_ids("villages"),
        clusters=row.listed_ids("clusters"),
        side=row.text("side"),
        phone=row.text("phone"),
    )


def _check_listed(row: Row, column: str, entries: Collection[str], known: Collection[str]) -> None:
    for entry in entries:
        if entry not in known:
            there = ", ".join(sorted(known)[:30]) or "none yet"
            row.refuse(column, f"{entry[:80]!r} is not known", f"Use, separated by ;: {there}")
