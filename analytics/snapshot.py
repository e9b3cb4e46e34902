"""Snapshots: the state as bytes with a version, so that a restart need not relearn two weeks."""

import json
import zlib
from dataclasses import asdict
from typing import Any

import numpy as np

from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.settings import AnalyticsSettings
from analytics.state import WatchState, new_state, place_all
from analytics.tables import Table, columns
from devices.readings import SeriesKey
from devices.sites import Registry

#: Changes with every change of what is learnt or how; another version is relearnt from history.
SNAPSHOT_VERSION = "2"

_MAGIC = b"KENHWATCH"
_TABLES = ("memory", "levels", "containers", "voices", "rain")
_NUMBERS = ("clock_ms", "grid", "spoke_ms", "bounds_hour")


def to_snapshot(state: WatchState) -> bytes:
    """The whole state between two steps."""
    arrays = {
        f"{table}.{name}": array[: _rows(state, table)]
        for table in _TABLES
        for name, array in columns(_table(state, table)).items()
    }
    head = {
        "version": SNAPSHOT_VERSION,
        "keys": state.memory.keys,
        "sites": [site.id for site in state.ground.sites],
        "gauges": sorted(state.rain.gauge_of, key=state.rain.gauge_of.__getitem__),
        "rain": [state.rain.last_wet_ms, state.rain.since_ms, state.rain.network_ms],
        "wet_hours": sorted(state.rain.wet_hours),
        "numbers": {name: getattr(state, name) for name in _NUMBERS},
        "ahead": state.ahead,
        "links": {site_id: list(gateways) for site_id, gateways in state.links.items()},
        "open": [asdict(finding) for finding in state.ledger.open.values()],
        "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()],
    }
    body = b"".join(array.tobytes() for array in arrays.values())
    text = json.dumps(head, separators=(",", ":")).encode()
    return _MAGIC + zlib.compress(len(text).to_bytes(8) + text + body, 1)


def from_snapshot(data: bytes, registry: Registry, settings: AnalyticsSettings) -> WatchState | None:
    """The state these bytes hold, over this registry; None if they are of another version or damaged."""
    if not data.startswith(_MAGIC):
        return None
    try:
        whole = zlib.decompress(data[len(_MAGIC) :])
        length = int.from_bytes(whole[:8])
        head = json.loads(whole[8 : 8 + length])
        if head["version"] != SNAPSHOT_VERSION:
            return None
        return _restored(head, _arrays(head["arrays"], whole[8 + length :]), registry, settings)
    except (zlib.error, ValueError, KeyError, TypeError):
        return None


def _arrays(heads: list[tuple[str, str, list[int]]], body: bytes) -> dict[str, np.ndarray[Any, Any]]:
    arrays, offset = {}, 0
    for name, dtype, shape in heads:
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(body, dtype, count, offset).reshape(shape).copy()
        offset += count * np.dtype(dtype).itemsize
    return arrays


def _restored(
    head: dict[str, Any],
    arrays: dict[str, np.ndarray[Any, Any]],
    registry: Registry,
    settings: AnalyticsSettings,
) -> WatchState:
    state = new_state(registry, settings)
    voices = {name: arrays.pop(f"voices.{name}") for name in columns(state.voices)}
    for name, array in arrays.items():
        table, field = name.split(".")
        setattr(_table(state, table), field, array)
    for number, site_id in enumerate(head["sites"]):
        site = state.ground.index.get(site_id)
        if site is not None:
            for name, array in voices.items():
                columns(state.voices)[name][site] = array[number]
    state.memory.keys = [SeriesKey(*key) for key in head["keys"]]
    state.memory.index = {key: slot for slot, key in enumerate(state.memory.keys)}
    state.rain.gauge_of = {slot: number for number, slot in enumerate(head["gauges"])}
    state.rain.last_wet_ms, state.rain.since_ms, state.rain.network_ms = head["rain"]
    state.rain.wet_hours = set(head["wet_hours"])
    state.ahead = [(key, time_ms) for key, time_ms in head["ahead"]]
    state.links = {site_id: tuple(gateways) for site_id, gateways in head["links"].items()}
    for finding in map(_finding, head["open"]):
        state.ledger.open[finding.site_id, finding.kind] = finding
    place_all(state)
    for name, value in head["numbers"].items():
        setattr(state, name, value)
    return state


def _finding(row: dict[str, Any]) -> Finding:
    row["kind"], row["severity"] = FindingKind(row["kind"]), Severity(row["severity"])
    row["evidence"] = tuple(Evidence(**{**item, "normal": tuple(item["normal"])}) for item in row["evidence"])
    return Finding(**row)


def _table(state: WatchState, name: str) -> Table:
    table: Table = getattr(state, name)
    return table


def _rows(state: WatchState, table: str) -> int:
    if table == "rain":
        return len(state.rain.gauge_of)
    return len(state.ground.sites) if table == "voices" else len(state.memory)
