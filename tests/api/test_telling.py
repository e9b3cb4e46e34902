"""Times and numbers the way people here write them."""

import pytest

from api.board import telling
from dispatch.words import Lang
from tests.api.house import HOUR, MINUTE, NOW


@pytest.mark.parametrize(
    ("length", "vi", "en"),
    [
        (-5 * MINUTE, "vừa xong", "just now"),
        (59_000, "vừa xong", "just now"),
        (5 * MINUTE, "5 phút trước", "5 min ago"),
        (3 * HOUR + 20 * MINUTE, "3 giờ 20 phút trước", "3 h 20 min ago"),
        (50 * HOUR, "2 ngày 2 giờ trước", "2 d 2 h ago"),
    ],
)
def test_how_long_ago(length: int, vi: str, en: str) -> None:
    assert telling.ago(NOW - length, NOW, "vi") == vi
    assert telling.ago(NOW - length, NOW, "en") == en


@pytest.mark.parametrize(("lang", "text"), [("vi", "15:15 · 23/11/2026"), ("en", "15:15 · 23 Nov 2026")])
def test_exactly_when_on_the_communes_clock(lang: Lang, text: str) -> None:
    assert telling.exact(NOW, lang) == text


def test_a_day_is_named_only_where_it_is_not_today() -> None:
    assert telling.clock(NOW, NOW, "vi") == "15:15"
    assert telling.clock(NOW - 16 * HOUR, NOW, "vi") == "23:15 · 22/11"


def test_amounts_carry_their_unit_the_way_of_the_language() -> None:
    assert telling.amount(0.824, "water_level_m", "vi") == "0,82 m"
    assert telling.amount(1250.0, "pm10_ug_m3", "vi") == "1.250 µg/m³"
    assert telling.amount(1250.0, "pm10_ug_m3", "en") == "1,250 µg/m³"
    assert telling.amount(1.0, "tilt", "vi") == "1"
