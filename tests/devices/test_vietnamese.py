"""Sorting, finding and writing Vietnamese."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.vietnamese import Language, fold, number, sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["Da", "Dư", "Đa Tốn", "Đông Dư", "Em"],
        ["Thôn 1", "Thôn 2", "Thôn 3", "Thôn 10", "Thôn 21"],
        ["an", "ăn", "ân", "ba"],
        ["ca", "cà", "cả", "cã", "cá", "cạ"],
        ["e", "ê", "g", "o", "ô", "ơ", "p", "u", "ư", "v"],
        ["Bát Tràng", "Chử Xá", "Đào Xuyên", "Giang Cao", "Kim Lan", "Lê Xá", "Ngọc Động", "Thuận Tốn"],
        ["ga", "Gà", "gác"],
        ["G 2", "G07", "G8", "G10"],
        ["", "1", "a"],
    ],
)
def test_names_sort_by_the_vietnamese_alphabet_with_tones_as_tie_breakers(ordered: list[str]) -> None:
    shuffled = ordered.copy()
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == ordered


def test_a_tone_counts_only_where_the_letters_are_the_same() -> None:
    assert sort_key("Cá An") < sort_key("Ca Ba")
    assert sort_key("ca an") < sort_key("Cá An")


@given(st.text(max_size=20))
def test_any_two_ways_of_writing_one_text_sort_as_one(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@given(st.lists(st.text(max_size=8), max_size=8))
def test_any_texts_can_be_sorted(texts: list[str]) -> None:
    backwards = texts[::-1]
    assert sorted(backwards, key=sort_key) == sorted(texts, key=sort_key)


def test_very_long_numbers_compare_without_becoming_numbers() -> None:
    assert sort_key("1" * 5000) < sort_key("2" + "0" * 4999) < sort_key("1" * 5001)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Đa Tốn", "da ton"),
        ("GIANG CAO", "giang cao"),
        ("Ngọc  Động ", "ngoc dong"),
        ("Cửa xả X03", "cua xa x03"),
        (unicodedata.normalize("NFD", "Thuận Tốn"), "thuan ton"),
        ("", ""),
    ],
)
def test_a_name_is_found_when_typed_without_marks(text: str, typed: str) -> None:
    assert fold(text) == typed


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("value", "decimals", "lang", "text"),
    [
        (0.82, 2, "vi", "0,82"),
        (0.82, 2, "en", "0.82"),
        (1250, 0, "vi", "1.250"),
        (1250.5, 1, "vi", "1.250,5"),
        (1250.5, 1, "en", "1,250.5"),
        (-3.42, 2, "vi", "-3,42"),
        (-0.004, 2, "vi", "0,00"),
        (0, 0, "en", "0"),
        (1234567, 0, "vi", "1.234.567"),
        (float("nan"), 1, "vi", "–"),
        (float("inf"), 1, "en", "–"),
    ],
)
def test_numbers_are_written_the_way_people_read_them(
    value: float, decimals: int, lang: Language, text: str
) -> None:
    assert number(value, decimals, lang) == text
