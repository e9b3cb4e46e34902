"""Whatever a codec does, the caller gets an answer, and the others get theirs."""

import os
import signal
from collections.abc import Iterator

import pytest

from devices.readings import Qc
from ingest.codecs import Codec, CodecPool, CodecRequest, Limits

GOOD = """
function decodeUplink(input) {
  var data = { distance: input.bytes[0] | input.bytes[1] << 8, port: input.fPort };
  data.received = input.recvTime.getTime();
  return { data: data, warnings: input.bytes.length > 2 ? ["longer than usual"] : [] };
}
"""
RECEIVED_MS = 1_795_421_702_000
QUICK = Limits(cpu_s=0.05, wall_s=0.2)


def loop(body: str) -> str:
    return f"function decodeUplink(input) {{ {body} return {{ data: {{ distance: 1 }} }}; }}"


@pytest.fixture
def made() -> Iterator[list[CodecPool]]:
    pools: list[CodecPool] = []
    yield pools
    for pool in pools:
        pool.close()


def pool_of(made: list[CodecPool], limits: Limits = QUICK, **sources: str) -> CodecPool:
    codecs = {name: Codec(name, source) for name, source in sources.items()}
    pool = CodecPool(lambda: codecs, limits=limits)
    made.append(pool)
    return pool


def request(codec: str, payload: bytes = b"\x44\x08", port: int = 85) -> CodecRequest:
    return CodecRequest(codec, payload, port, RECEIVED_MS)


def test_a_codec_gives_readings_in_our_quantities(made: list[CodecPool]) -> None:
    (decoded,) = pool_of(made, good=GOOD).decode([request("good", b"\x44\x08\x00")])
    assert [(one.quantity, one.value, one.unit) for one in decoded.readings] == [
        ("distance_mm", 2116.0, "mm")
    ]
    assert decoded.warnings == ("longer than usual",)
    assert decoded.errors == ()


def test_a_thousand_payloads_come_back_in_order(made: list[CodecPool]) -> None:
    payloads = [number.to_bytes(2, "little") for number in range(1, 1001)]
    decoded = pool_of(made, good=GOOD).decode([request("good", payload) for payload in payloads])
    assert [one.readings[0].value for one in decoded] == [float(number) for number in range(1, 1001)]


@pytest.mark.parametrize(
    "source",
    [
        "function Decode(fPort, bytes, variables) { return { distance: bytes[0] | bytes[1] << 8 }; }",
        "function Decoder(bytes, port) { return { distance: bytes[0] | bytes[1] << 8 }; }",
        "exports.decodeUplink = (input) => ({ data: { distance: input.bytes[0] | input.bytes[1] << 8 } });",
        "export const decodeUplink = (i) => ({ data: { distance: Buffer.from(i.bytes).readUInt16LE(0) } });",
    ],
    ids=["chirpstack v3", "ttn v2", "module", "es module and Buffer"],
)
def test_every_dialect_is_run(made: list[CodecPool], source: str) -> None:
    (decoded,) = pool_of(made, old=source).decode([request("old")])
    assert [one.value for one in decoded.readings] == [2116.0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("while (true) {}", ""),
        ("[3, 2, 1].sort(function () { while (true) {} });", ""),
        ("/^(a+)+$/.test('a'.repeat(40) + 'b');", ""),
        ("var s = 'x'; while (true) s += s;", ""),
        ("(function f() { f(); })();", "without end"),
        ("throw new Error('bad payload');", "bad payload"),
        ("return Promise.resolve({ data: {} });", "Promise"),
        ("return { errors: ['no such port'] };", "no such port"),
        ("return { data: { distance: 'x'.repeat(70000) } };", "longer than"),
        ("return 5;", "no object"),
        ("return {};", "no data"),
        ("require('fs');", "asks for fs"),
        ("process.exit(1);", "process"),
    ],
)
def test_what_a_bad_codec_does_is_an_error_and_the_good_one_is_unaffected(
    made: list[CodecPool], body: str, reason: str
) -> None:
    pool = pool_of(made, bad=loop(body), good=GOOD)
    bad, good = pool.decode([request("bad"), request("good")])
    assert bad.errors
    assert reason in bad.errors[0]
    assert [one.value for one in good.readings] == [2116.0]


def test_a_codec_that_eats_memory_is_stopped_before_the_machine_feels_it(made: list[CodecPool]) -> None:
    patient = Limits(cpu_s=5.0, wall_s=10.0)
    pool = pool_of(made, patient, bad=loop("var a = []; while (true) a.push(new Array(100000).fill(1));"))
    (bad,) = pool.decode([request("bad")])
    assert "memory" in bad.errors[0]


def test_a_runaway_among_others_costs_only_itself(made: list[CodecPool]) -> None:
    pool = pool_of(made, bad=loop("if (input.bytes[0] === 7) while (true) {}"), good=GOOD)
    requests = [request("bad", bytes([number, 0])) for number in range(20)] + [request("good")] * 20
    decoded = pool.decode(requests)
    assert [number for number, one in enumerate(decoded) if one.errors] == [7]


def test_a_codec_that_runs_away_again_and_again_is_suspended(made: list[CodecPool]) -> None:
    pool = pool_of(made, bad=loop("while (true) {}"), good=GOOD)
    for _ in range(QUICK.strikes):
        pool.decode([request("bad")])
    replaced = pool.counters.snapshot()["restarts"]
    bad, good = pool.decode([request("bad"), request("good")])
    assert "suspended" in bad.errors[0]
    assert good.readings
    assert pool.counters.snapshot()["restarts"] == replaced, "it is not run at all"


def test_a_worker_killed_from_outside_is_replaced_and_nothing_is_missing(made: list[CodecPool]) -> None:
    pool = pool_of(made, good=GOOD)
    pool.decode([request("good")])
    os.kill(pool.children[0].pid, signal.SIGKILL)
    decoded = pool.decode([request("good")] * 50)
    assert all(one.readings for one in decoded)
    assert pool.counters.restarts >= 1


def test_a_codec_keeps_nothing_between_calls_and_reaches_no_other(made: list[CodecPool]) -> None:
    counting = loop(
        "leaked = typeof leaked === 'undefined' ? 1 : leaked + 1; return { data: { distance: leaked } };"
    )
    poisoning = loop("Object.prototype.distance = 5; Array.prototype.map = function () { return [1]; };")
    pool = pool_of(made, counting=counting, poisoning=poisoning, good=GOOD)
    pool.decode([request("poisoning")])
    decoded = pool.decode([request("counting"), request("counting"), request("good")])
    assert [one.readings[0].value for one in decoded] == [1.0, 1.0, 2116.0]


def test_numbers_that_are_none_are_no_readings(made: list[CodecPool]) -> None:
    pool = pool_of(made, bad=loop("return { data: { distance: NaN, battery: 1 / 0, temperature: '21.5' } };"))
    (decoded,) = pool.decode([request("bad")])
    assert [(one.quantity, one.qc) for one in decoded.readings] == [("temperature_c", Qc.GOOD)]


def test_an_unknown_codec_and_a_closed_pool_are_said(made: list[CodecPool]) -> None:
    pool = pool_of(made, good=GOOD)
    assert "no codec for other" in pool.decode([request("other")])[0].errors[0]
    pool.close()
    assert "closed" in pool.decode([request("good")])[0].errors[0]


def test_a_source_that_does_not_load_says_where(made: list[CodecPool]) -> None:
    (decoded,) = pool_of(made, bad="function decodeUplink(input) {\n  return {{;\n}").decode([request("bad")])
    assert "SyntaxError" in decoded.errors[0]
    assert "line 2" in decoded.errors[0]


def test_an_answer_that_comes_together_with_a_runaways_end_is_not_lost(made: list[CodecPool]) -> None:
    # Both lines are often read at once; the second was dropped then, and the batch waited for ever.
    for _ in range(6):
        pool = pool_of(made, bad=loop("while (true) {}"), good=GOOD)
        pool.decode([request("good")])
        bad, good = pool.decode([request("bad"), request("good")])
        assert bad.errors
        assert good.readings
