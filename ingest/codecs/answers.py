"""A worker's lines, understood; the child is not trusted, so everything it says is checked here."""

from collections.abc import Mapping
from typing import Final

import orjson

from devices.formats.json_text import load
from devices.uplinks import Decoded, Rejected
from devices.vendor_reading import read_output
from ingest.codecs.codec import Answer, Codec, Limits

_MOST_TEXTS: Final = 32
_MOST_CHARACTERS: Final = 500


def stopped(said: bytes, limits: Limits) -> str | None:
    """Why the engine had to stop the codec, None if it failed by itself."""
    text = _text(said)
    if text.startswith("InternalError: interrupted"):
        return f"ran longer than {limits.cpu_s * 1000:.0f} ms"
    if text.startswith(("InternalError: out of memory", "MemoryError")):
        return f"needs more than {limits.heap_bytes >> 20} MB of memory"
    return None


def failed(said: bytes) -> str:
    """What the engine had against a codec or a call."""
    text = _text(said)
    return "calls itself without end" if "call stack" in text else text


def understood(said: bytes) -> Answer:
    """A result line: data, warnings and errors, or why it is none."""
    result = load(said)
    if isinstance(result, Rejected):
        return Answer(errors=(f"its output cannot be read: {result.detail}",))
    if not isinstance(result, dict):
        return Answer(errors=("it gave no object",))
    data, warnings, errors = result.get("data"), _texts(result, "warnings"), _texts(result, "errors")
    if data is None and not warnings and not errors:
        return Answer(errors=("it gave no data",))
    return Answer(data, warnings, errors)


def decoded(answer: Answer, codec: Codec) -> Decoded:
    """The readings in an answer, by the codec's table of fields."""
    if answer.errors:
        return Decoded(warnings=answer.warnings, errors=answer.errors)
    if answer.data is None:
        return Decoded(warnings=answer.warnings)
    read = read_output(answer.data, codec.fields)
    return Decoded(read.readings, answer.warnings + read.warnings, read.errors)


def _texts(result: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = result.get(name)
    if not isinstance(value, list):
        return ()
    return tuple(str(one)[:_MOST_CHARACTERS] for one in value[:_MOST_TEXTS])


def _text(said: bytes) -> str:
    try:
        return str(orjson.loads(said))[:_MOST_CHARACTERS]
    except orjson.JSONDecodeError:
        return "failed without a reason"
