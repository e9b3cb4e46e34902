"""What the parts of this package hand each other: codecs, requests, answers, limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from devices.generic_fields import GENERIC_FIELDS
from devices.vendor_fields import VendorField


@dataclass(frozen=True, slots=True)
class Codec:
    """One codec that may run: `name` is `vendor/model`, `source` its text, `fields` what it calls things."""

    name: str
    source: str
    fields: Sequence[VendorField] = GENERIC_FIELDS

    @property
    def key(self) -> str:
        """The same for the same source, whatever models share it."""
        return sha256(self.source.encode(errors="surrogatepass")).hexdigest()[:32]


class CodecRequest(NamedTuple):
    """One payload for the codec of a model; `received_ms` becomes the `recvTime` of TS013."""

    codec: str
    payload: bytes
    f_port: int
    received_ms: int


class Call(NamedTuple):
    """The same for a codec in hand."""

    codec: Codec
    payload: bytes
    f_port: int
    received_ms: int


class Answer(NamedTuple):
    """What a codec said. `errors` set means it could not read the payload, or could not be run."""

    data: object = None
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take, in the child's processor time and on our own clock, and how it is retried.

    `cpu_s` ends ordinary endless loops inside the engine. `wall_s` is for what the engine cannot interrupt.
    `window` is how many requests one worker is given ahead. A codec that has to be stopped `strikes` times
    within `strike_s` is suspended, first for `suspend_s`, then twice as long each time.
    """

    cpu_s: float = 0.1
    wall_s: float = 0.25
    start_s: float = 10.0
    heap_bytes: int = 16 << 20
    output_chars: int = 65536
    window: int = 64
    strikes: int = 3
    strike_s: float = 60.0
    suspend_s: float = 60.0
    suspend_most_s: float = 900.0
