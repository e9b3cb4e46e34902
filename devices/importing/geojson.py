"""GeoJSON: a FeatureCollection of points to the same rows a CSV gives, and back."""

import json
import unicodedata
from collections.abc import Iterable, Mapping

import orjson

from devices.importing.problems import ImportRefused, Problem
from devices.importing.rows import Row

_SHAPE_REMEDY = 'It must be {"type": "FeatureCollection", "features": [...]} with one Point per site'


def rows_of(text: str) -> tuple[list[Row], list[str]]:
    """Rows of a GeoJSON text, one a feature, and the names of its properties; or ImportRefused."""
    try:
        body: object = orjson.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise ImportRefused([Problem(0, "", f"the file is not JSON ({error})", _SHAPE_REMEDY)]) from error
    features = body.get("features") if isinstance(body, dict) else None
    if not isinstance(features, list):
        raise ImportRefused([Problem(0, "", "there is no list of features", _SHAPE_REMEDY)])
    rows = [_row(number, feature) for number, feature in enumerate(features, 1)]
    return rows, list(dict.fromkeys(column for row in rows for column in row.cells))


def text_from(rows: Iterable[Mapping[str, str | float | None]]) -> str:
    """GeoJSON text of rows that hold `lon` and `lat` beside their other columns, as `rows_of` reads it."""
    features: list[dict[str, object]] = []
    for row in rows:
        place = None
        if row["lon"] is not None:
            place = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        properties = {
            key: value for key, value in row.items() if key not in ("lon", "lat") and value not in (None, "")
        }
        features.append({"type": "Feature", "geometry": place, "properties": properties})
    return (
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"
    )


def _row(number: int, feature: object) -> Row:
    if not isinstance(feature, dict):
        row = Row(number, {})
        row.refuse("", "this feature is no object", _SHAPE_REMEDY)
        return row
    properties = feature.get("properties")
    cells = {key: _cell(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    if "site_id" not in cells and feature.get("id") is not None:
        cells["site_id"] = _cell(feature["id"])
    row = Row(number, cells)
    geometry = feature.get("geometry")
    if geometry is not None:
        _add_place(row, cells, geometry)
    return row


def _add_place(row: Row, cells: dict[str, str], geometry: object) -> None:
    point = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") != "Point" or not isinstance(point, list):
        row.refuse("geometry", "is no Point", "Give every site one point, [longitude, latitude]")
    elif len(point) < 2:
        row.refuse("geometry", "the point has no two coordinates", "Write [longitude, latitude]")
    else:
        cells["lon"], cells["lat"] = _cell(point[0]), _cell(point[1])


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return ";".join(_cell(entry) for entry in value)
        case _:
            return unicodedata.normalize("NFC", str(value)).strip()
