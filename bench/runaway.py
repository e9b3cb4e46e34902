"""How long a codec that runs away holds up the others: until its worker is replaced and answers again."""

import time
from statistics import median

from bench.commune import CODEC
from bench.measure import Figures, Say, scaled
from devices.milesight.em310_udl import MODEL
from ingest.codecs import Codec, CodecPool, CodecRequest, Limits

ROUNDS = 20
_LOOP = "function decodeUplink(input) { while (true) {} }"
_PAYLOAD = bytes.fromhex("01755c03824408040000")


def measure(scale: float, say: Say) -> Figures:
    """Milliseconds from asking the runaway until the other codec has answered; and plain speed."""
    rounds = scaled(ROUNDS, scale, least=3)
    say(f"{rounds} runaways")
    loop_ms = [_held_up_ms(_LOOP) for _ in range(rounds)]
    killed_ms = [_killed_ms() for _ in range(rounds)]
    return {
        "rounds": rounds,
        "endless_loop_median_ms": median(loop_ms),
        "endless_loop_worst_ms": max(loop_ms),
        "worker_killed_and_replaced_median_ms": median(killed_ms),
        "worker_killed_and_replaced_worst_ms": max(killed_ms),
        "decoded_per_s": _decoded_per_s(scaled(20_000, scale, least=1000)),
    }


def _pool(**sources: str) -> CodecPool:
    codecs = {name: Codec(name, source, MODEL.fields) for name, source in sources.items()}
    return CodecPool(lambda: codecs, limits=Limits())


def _held_up_ms(source: str) -> float:
    """One runaway and one good call in a batch: when is the batch done?"""
    pool = _pool(bad=source, good=CODEC)
    try:
        pool.decode([CodecRequest("good", _PAYLOAD, 85, 0)])
        began = time.perf_counter()
        bad, good = pool.decode([CodecRequest(name, _PAYLOAD, 85, 0) for name in ("bad", "good")])
        held_ms = 1000 * (time.perf_counter() - began)
    finally:
        pool.close()
    if not bad.errors or not good.readings:
        raise RuntimeError(f"the runaway gave {bad}, the other {good}")
    return held_ms


def _killed_ms() -> float:
    """A worker is gone: how long until its successor has answered?"""
    pool = _pool(good=CODEC)
    try:
        pool.decode([CodecRequest("good", _PAYLOAD, 85, 0)])
        child = pool.children[0]
        began = time.perf_counter()
        pool.replace(child)
        (good,) = pool.decode([CodecRequest("good", _PAYLOAD, 85, 0)])
        took_ms = 1000 * (time.perf_counter() - began)
    finally:
        pool.close()
    if not good.readings:
        raise RuntimeError(f"the new worker gave {good}")
    return took_ms


def _decoded_per_s(count: int) -> float:
    pool = _pool(good=CODEC)
    try:
        requests = [CodecRequest("good", _PAYLOAD, 85, 0)] * count
        began = time.perf_counter()
        pool.decode(requests)
        return count / (time.perf_counter() - began)
    finally:
        pool.close()
