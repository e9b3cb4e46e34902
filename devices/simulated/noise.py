"""Repeatable randomness: a number for every (seed, moment), however the moments are split into calls."""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]


def seed_of(text: str) -> int:
    """A 64-bit seed from a name, the same on every machine."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")


def _bits(seed: int, moments: I64) -> U64:
    """SplitMix64 of each moment: 64 well mixed bits. Source: Steele, Lea, Flood (2014), the finaliser."""
    with np.errstate(over="ignore"):
        x = moments.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return x


def uniform(seed: int, moments: I64) -> F64:
    """(n,) numbers in [0, 1)."""
    share: F64 = (_bits(seed, moments) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return share


def gaussian(seed: int, moments: I64) -> F64:
    """(n,) nearly normal numbers, mean 0 and variance 1, never beyond 3.5."""
    bits = _bits(seed, moments)
    total = np.zeros(len(moments))
    for place in (0, 16, 32, 48):
        total += ((bits >> np.uint64(place)) & np.uint64(0xFFFF)).astype(np.float64)
    normal: F64 = (total / 65536.0 - 2.0) * np.sqrt(3.0)
    return normal


def pick(text: str) -> float:
    """One number in [0, 1) for a name."""
    return seed_of(text) / 2.0**64
