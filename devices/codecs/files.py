"""A codec as vendors publish it: YAML that names a JavaScript file and holds its vectors.

uplinkDecoder:
  fileName: em310-udl.js
  examples:
    - description: a regular report
      input: {fPort: 85, bytes: [1, 117, 92]}
      output: {data: {battery: 92}}
kenh:                      # only for models Kênh does not know: what the codec calls things
  - {path: battery, quantity: battery_pct}
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from devices.codecs.yaml_text import Document, open_document, plain, values
from devices.formats.times import rfc3339_ms
from devices.quantities import known
from devices.vendor_fields import VendorField
from devices.vendor_paths import is_path

#: `recvTime` of vectors that name none: always the same, so that a check says the same tomorrow.
DEFAULT_RECEIVED_MS: Final = 1_700_000_000_000
_MOST_BYTES: Final = 1024
_TUPLES: Final = ("absent", "faulty", "clipped")


class Vector(NamedTuple):
    """A payload and what the codec must make of it: `data`, `warnings`, `errors`, as far as given."""

    about: str
    payload: bytes
    f_port: int
    received_ms: int
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodecFile:
    """What stands in the YAML. `problems` are sentences; with any of them the codec may not be used.

    `fields` is None where the file says nothing of its own about them.
    """

    file_name: str = ""
    vectors: tuple[Vector, ...] = ()
    fields: tuple[VendorField, ...] | None = None
    problems: tuple[str, ...] = ()


def read_codec_file(text: str) -> CodecFile:
    """Everything in one YAML text; never raises."""
    document = open_document(text)
    if isinstance(document, str):
        return CodecFile(problems=(document,))
    problems = [f"line {line}: the key {path} stands twice" for path, line in document.doubled]
    decoders = values(document.root, "uplinkDecoder")
    if not decoders:
        return CodecFile(problems=(*problems, "there is no uplinkDecoder in it"))
    file_name = _file_name(document, problems)
    vectors = [
        vector for decoder in decoders for listed in values(decoder, "examples")
        for vector in _vectors(listed, problems)
    ]  # fmt: skip
    if not vectors:
        problems.append("there are no examples: a codec without vectors cannot be checked")
    return CodecFile(file_name, tuple(vectors), _fields(document, problems), tuple(problems))


def _file_name(document: Document, problems: list[str]) -> str:
    """The JavaScript file, which must lie beside the YAML."""
    named = [one for decoder in values(document.root, "uplinkDecoder") for one in values(decoder, "fileName")]
    try:
        name = plain(named[0]) if named else None
    except ValueError as error:
        problems.append(f"uplinkDecoder.fileName: {error}")
        return ""
    if not isinstance(name, str) or not name:
        problems.append("uplinkDecoder.fileName names no file")
        return ""
    if "/" in name or "\\" in name or name.startswith(".") or "\0" in name:
        problems.append(f"uplinkDecoder.fileName {name[:80]!r} must be a file beside this one")
        return ""
    return name


def _vectors(node: Any, problems: list[str]) -> list[Vector]:
    try:
        listed = plain(node)
    except ValueError as error:
        problems.append(f"uplinkDecoder.examples: {error}")
        return []
    if not isinstance(listed, list):
        problems.append("uplinkDecoder.examples is no list")
        return []
    vectors = []
    for number, example in enumerate(listed, 1):
        vector = _vector(example, number)
        if isinstance(vector, str):
            problems.append(f"example {number}: {vector}")
        else:
            vectors.append(vector)
    return vectors


def _vector(example: object, number: int) -> Vector | str:
    if not isinstance(example, dict) or not isinstance(example.get("input"), dict):
        return "it has no input"
    given, output = example["input"], example.get("output")
    payload = _payload(given.get("bytes"))
    if isinstance(payload, str):
        return payload
    if not isinstance(output, dict):
        return "it has no output"
    f_port = given.get("fPort", 1)
    if isinstance(f_port, bool) or not isinstance(f_port, int) or not 0 <= f_port <= 255:
        return f"fPort {str(f_port)[:32]!r} is no port"
    received_ms = DEFAULT_RECEIVED_MS
    if given.get("recvTime") is not None:
        stated_ms = rfc3339_ms(given["recvTime"])
        if stated_ms is None:
            return f"recvTime {str(given['recvTime'])[:40]!r} is no RFC 3339 time"
        received_ms = stated_ms
    about = str(example.get("description") or f"example {number}")[:120]
    return Vector(about, payload, f_port, received_ms, output)


def _payload(value: object) -> bytes | str:
    """The bytes of a payload, given as a list of numbers or as hexadecimal; or what is wrong with them."""
    if isinstance(value, str):
        try:
            return bytes.fromhex(value)[: _MOST_BYTES + 1]
        except ValueError:
            return f"the bytes {value[:40]!r} are not hexadecimal"
    if not isinstance(value, list) or len(value) > _MOST_BYTES:
        return f"its bytes are no list of at most {_MOST_BYTES}"
    if not all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= 255 for one in value):
        return "its bytes are not all from 0 to 255"
    return bytes(value)


def _fields(document: Document, problems: list[str]) -> tuple[VendorField, ...] | None:
    told = values(document.root, "kenh")
    if not told:
        return None
    try:
        rows = plain(told[0])
    except ValueError as error:
        problems.append(f"kenh: {error}")
        return None
    if not isinstance(rows, list):
        problems.append("kenh: a list of {path, quantity, ...} was expected")
        return None
    fields = [_field(row) for row in rows]
    problems += [
        f"kenh: entry {number}: {one}" for number, one in enumerate(fields, 1) if isinstance(one, str)
    ]
    return tuple(one for one in fields if isinstance(one, VendorField))


def _field(row: object) -> VendorField | str:
    if not isinstance(row, dict) or not isinstance(row.get("path"), str):
        return "it names no path"
    if not known(str(row.get("quantity"))):
        return f"{str(row.get('quantity'))[:64]!r} is no quantity Kênh knows"
    unknown = sorted(row.keys() - set(VendorField.__dataclass_fields__))
    if unknown:
        return f"{', '.join(unknown)[:80]} means nothing here"
    if not is_path(row["path"]):
        return f"{row['path'][:64]!r} is no path: names with dots between them, [] after a list"
    numbers = [row[name] for name in ("scale", "offset", "minimum", "maximum") if name in row]
    if not all(_is_number(one) for one in numbers) or row.get("scale") == 0:
        return "scale, offset, minimum and maximum are numbers, and scale is not 0"
    if not all(isinstance(row.get(name, ""), str) for name in ("time", "witness")):
        return "time and witness are names of fields"
    if any(not _is_list(row.get(name, [])) for name in _TUPLES) or not isinstance(row.get("words", {}), dict):
        return "absent, faulty and clipped are lists, words an object"
    if not all(_is_number(one) for one in row.get("words", {}).values()):
        return "words stand for numbers"
    if "believed" in row and not (_is_list(row["believed"]) and len(row["believed"]) == 2):
        return "believed is a list of two numbers"
    return VendorField(
        **{**row, **{name: tuple(row[name]) for name in (*_TUPLES, "believed") if name in row}}
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str | int | float) for one in value)
