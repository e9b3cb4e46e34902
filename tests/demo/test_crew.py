"""The simulated crews: they answer in time, and never over somebody else's answer."""

import json

from kenh.demo.crew import SimulatedCrews

START_MS = 1_795_421_702_000
TOPIC = "kenh/v1/crews/thoat-nuoc-2/work-orders/WO-261123-K7Q2MX"


def order(state: str, *, site: str = "G07", kind: str = "blocked_drain") -> bytes:
    return json.dumps({"site": {"id": site}, "kind": kind, "state": state}).encode()


def said(crews: SimulatedCrews, after_s: float) -> list[str]:
    return [json.loads(answer.payload)["status"] for answer in crews.due(START_MS + round(after_s * 1000))]


def test_the_crew_of_the_story_accepts_comes_and_says_done_at_seven_minutes() -> None:
    crews = SimulatedCrews(START_MS)
    crews.saw(TOPIC, order("assigned"), START_MS + 22_000)
    assert said(crews, 25) == []
    assert said(crews, 61) == ["accepted"]
    crews.saw(TOPIC, order("accepted"), START_MS + 62_000)
    assert said(crews, 151) == ["en_route"]
    assert said(crews, 291) == ["on_site"]
    assert said(crews, 419) == []
    assert said(crews, 421) == ["done"]
    assert said(crews, 600) == []


def test_answers_go_to_the_order_s_own_status_topic() -> None:
    crews = SimulatedCrews(START_MS)
    crews.saw(TOPIC, order("assigned"), START_MS)
    assert [answer.topic for answer in crews.due(START_MS + 65_000)] == [f"{TOPIC}/status"]


def test_a_step_that_somebody_took_by_hand_is_not_said_again() -> None:
    crews = SimulatedCrews(START_MS)
    crews.saw(TOPIC, order("assigned"), START_MS)
    crews.saw(TOPIC, order("on_site"), START_MS + 30_000)
    assert said(crews, 300) == []
    assert said(crews, 421) == ["done"]


def test_an_ended_paused_or_emptied_order_is_left_alone() -> None:
    crews = SimulatedCrews(START_MS)
    for state in ("closed", "cancelled", "paused", "open", "done_unverified"):
        crews.saw(TOPIC, order(state), START_MS)
        assert said(crews, 5000) == []
    crews.saw(TOPIC, order("assigned"), START_MS)
    crews.saw(TOPIC, b"", START_MS)
    assert said(crews, 5000) == []


def test_an_order_that_comes_late_is_answered_after_a_moment_all_the_same() -> None:
    crews = SimulatedCrews(START_MS)
    crews.saw(TOPIC, order("assigned"), START_MS + 3_000_000)
    assert said(crews, 3_001) == []
    assert said(crews, 3_010) == ["done"]


def test_other_orders_take_their_time_from_when_they_came() -> None:
    crews = SimulatedCrews(START_MS)
    crews.saw(TOPIC, order("assigned", site="G32", kind="flooding"), START_MS + 150_000)
    assert said(crews, 190) == []
    assert said(crews, 196) == ["accepted"]


def test_a_message_that_is_no_work_order_is_ignored() -> None:
    crews = SimulatedCrews(START_MS)
    for payload in (b"{", b"[]", b'"x"', b'{"site": 3}', b"\xff"):
        crews.saw(TOPIC, payload, START_MS)
    assert said(crews, 5000) == []
