"""What leaves for the crews."""

import json
from typing import Any

from devices.sites import Site, SiteKind
from dispatch.messages import map_link, order_json, outgoing
from dispatch.orders import LastAnswer, OrderState, Outgoing, WorkOrder
from tests.dispatch.commune import HOUR, NOW, commune
from tests.dispatch.orders import an_order

S = OrderState
DAY = 24 * HOUR
TOPIC = "kenh/v1/crews/drain-out/work-orders/WO-260814-TEST22"
OTHER = "kenh/v1/crews/drain-in/work-orders/WO-260814-TEST22"
SITE = Site("g07", SiteKind.DRAIN, "Ga G07, ngõ 3 Giang Cao", village_id="giang-cao", lat=20.981, lon=105.912)


def _out(
    before: WorkOrder | None, after: WorkOrder, now_ms: int = NOW, *, demo: bool = False
) -> list[Outgoing]:
    return outgoing(before, after, SITE, commune(), now_ms, demo=demo, public_url="https://kenh.example/")


def _json(order: WorkOrder, *, demo: bool = False) -> dict[str, Any]:
    return order_json(order, SITE, commune(), demo, "https://kenh.example/")


def test_a_new_order_is_retained_for_its_crew() -> None:
    (message,) = _out(None, an_order())
    assert (message.channel, message.target, message.due_ms) == ("mqtt", TOPIC, NOW)
    assert message.key == f"WO-260814-TEST22:3:{TOPIC}"
    assert message.order_id == "WO-260814-TEST22"
    assert json.loads(message.body) == _json(an_order())
    assert "nghi tắc".encode() in message.body


def test_an_order_without_a_crew_goes_nowhere() -> None:
    assert _out(None, an_order(S.OPEN, crew_id="")) == []


def test_the_crew_that_lost_it_is_emptied_at_once() -> None:
    gone, here = _out(an_order(), an_order(crew_id="drain-in", revision=4))
    assert (gone.target, gone.body, gone.due_ms) == (TOPIC, b"", NOW)
    assert here.target == OTHER
    assert json.loads(here.body)["crew_id"] == "drain-in"


def test_a_rejected_order_is_emptied_and_sent_to_nobody() -> None:
    (gone,) = _out(an_order(), an_order(S.OPEN, crew_id="", revision=4))
    assert (gone.target, gone.body) == (TOPIC, b"")


def test_an_ended_order_is_shown_for_a_day_and_then_emptied() -> None:
    shown, emptied = _out(an_order(S.DONE), an_order(S.CLOSED, closed_ms=NOW, revision=4))
    assert json.loads(shown.body)["state"] == "closed"
    assert (emptied.target, emptied.body, emptied.due_ms) == (TOPIC, b"", NOW + DAY)
    assert shown.key != emptied.key


def test_an_answer_after_the_end_does_not_leave_the_order_standing() -> None:
    ended = an_order(S.CLOSED, closed_ms=NOW)
    late = an_order(S.CLOSED, closed_ms=NOW, revision=9, last_answer=LastAnswer("accepted", refused="no"))
    shown, emptied = _out(ended, late, NOW + 3 * DAY)
    assert json.loads(shown.body)["last_answer"]["refused"] == "no"
    assert NOW + 3 * DAY < emptied.due_ms <= NOW + 4 * DAY


def test_the_same_change_twice_has_the_same_keys() -> None:
    ended = an_order(S.CLOSED, closed_ms=NOW, revision=4)
    first, second = _out(an_order(), ended), _out(an_order(), ended, NOW + HOUR)
    assert [message.key for message in first] == [message.key for message in second]


def test_the_keys_of_the_json_are_always_the_same() -> None:
    bare = order_json(an_order(S.OPEN, crew_id=""), Site("lost", SiteKind.DRAIN), commune(), True, "")
    full = _json(an_order(last_answer=LastAnswer("accepted", "Tổ 2"), acknowledged_ms=NOW))
    assert list(bare) == list(full)
    assert list(bare["site"]) == list(full["site"])
    assert full["site"] == {
        "id": "g07",
        "name": "Ga G07, ngõ 3 Giang Cao",
        "kind": "drain",
        "village": "Giang Cao",
        "lat": 20.981,
        "lon": 105.912,
        "map_link": "https://www.google.com/maps/search/?api=1&query=20.981000,105.912000",
    }
    assert full["opened_at"] == "2026-08-14T10:20:00Z"
    assert full["answer_topic"] == f"{TOPIC}/status"
    assert full["url"] == "https://kenh.example/work-orders/WO-260814-TEST22"
    assert (bare["answer_topic"], bare["url"], bare["last_answer"]) == ("", "", None)
    assert (full["kind"], full["severity"], full["state"], full["revision"]) == (
        "blocked_drain",
        "major",
        "assigned",
        3,
    )


def test_simulated_orders_say_so_in_both_languages() -> None:
    told = _json(an_order(), demo=True)
    assert told["demo"] is True
    assert told["sentence_vi"] == "Ga G07: nghi tắc. Số liệu mô phỏng."
    assert told["sentence_en"].endswith(" Simulated data.")
    assert _json(an_order())["sentence_vi"] == "Ga G07: nghi tắc."


def test_a_gateway_has_a_place_too() -> None:
    place = order_json(an_order(site_id="GW-2"), Site("GW-2", SiteKind.DRAIN), commune(), False, "")["site"]
    assert (place["name"], place["kind"], place["lat"]) == ("UBND xã", "gateway", 20.98)
    assert place["map_link"].endswith("20.980000,105.910000")


def test_an_unknown_place_has_no_map() -> None:
    assert map_link(None, 105.9) == ""
