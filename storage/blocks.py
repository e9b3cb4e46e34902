"""A block of readings as bytes: a JSON head with the series, then the columns, little-endian.

layout (1 byte: 1), length of the head (4 bytes), head,
series i4, time_ms i8, value f8, qc u1, received_ms i8
"""

import struct
from typing import Any

import numpy as np
import orjson

from devices.readings import Block, SeriesKey
from storage.errors import StorageError

_LAYOUT = 1
_PREFIX = struct.Struct("<BI")
_COLUMNS = (("series", "<i4"), ("time_ms", "<i8"), ("value", "<f8"), ("qc", "|u1"), ("received_ms", "<i8"))


def pack(block: Block) -> bytes:
    """The block as bytes."""
    head = orjson.dumps({"n": len(block), "keys": [list(key) for key in block.keys]})
    columns = [getattr(block, name).astype(kind, copy=False).tobytes() for name, kind in _COLUMNS]
    return b"".join([_PREFIX.pack(_LAYOUT, len(head)), head, *columns])


def unpack(data: bytes) -> Block:
    """The block those bytes were made from; its arrays are read-only.

    Raises:
        StorageError: the bytes have a layout this version does not know.
    """
    layout, length = _PREFIX.unpack_from(data)
    if layout != _LAYOUT:
        raise StorageError(f"a block of layout {layout}; this version of Kênh reads layout {_LAYOUT}")
    place = _PREFIX.size + length
    head = orjson.loads(data[_PREFIX.size : place])
    columns: dict[str, Any] = {}
    for name, kind in _COLUMNS:
        columns[name] = np.frombuffer(data, kind, head["n"], place)
        place += columns[name].nbytes
    return Block(keys=tuple(SeriesKey(*key) for key in head["keys"]), **columns)
