"""Vietnamese text: how names sort, how they are found without marks, how numbers are written."""

import math
import unicodedata
from typing import Literal

Language = Literal["vi", "en"]

#: The alphabet, foreign letters in their Latin places. Ă, Â, Đ, Ê, Ô, Ơ, Ư are letters of their own.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET)}

#: Tone marks in dictionary order: huyền, hỏi, ngã, sắc, nặng; no mark comes first.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

_SEPARATOR, _NUMBER, _LETTER, _OTHER = range(4)

#: One place of a sort key: its class, its rank (or the length of a number), the digits of a number.
_Place = tuple[int, int, str]
SortKey = tuple[tuple[_Place, ...], tuple[int, ...], str]


def sort_key(text: str) -> SortKey:
    """Key that sorts names the Vietnamese way, for `sorted(names, key=sort_key)`.

    Letters follow the alphabet (D before Đ), whatever their case; tones only break ties; runs of digits
    compare as numbers (Thôn 2 before Thôn 10); spaces and punctuation come before everything else.
    """
    places: list[_Place] = []
    tones: list[int] = []
    digits = ""
    plain, tone_of = _without_tones(text)
    for index, letter in enumerate(plain):
        if "0" <= letter <= "9":
            digits += letter
            continue
        if digits:
            places.append(_number_place(digits))
            digits = ""
        place = _letter_place(letter)
        if place[0] != _SEPARATOR or not places or places[-1][0] != _SEPARATOR:
            places.append(place)
        tones.append(tone_of[index])
    if digits:
        places.append(_number_place(digits))
    return tuple(places), tuple(tones), unicodedata.normalize("NFC", text)


def _without_tones(text: str) -> tuple[str, list[int]]:
    """Lower-case letters without their tones, and the tone each carried (0: none)."""
    letters: list[str] = []
    tones: list[int] = []
    for letter in unicodedata.normalize("NFC", text).lower():
        tone = 0
        rest = ""
        for part in unicodedata.normalize("NFD", letter):
            tone = _TONES.get(part, tone)
            rest += "" if part in _TONES else part
        for plain in unicodedata.normalize("NFC", rest):
            letters.append(plain)
            tones.append(tone)
    return "".join(letters), tones


def _letter_place(letter: str) -> _Place:
    rank = _RANK.get(letter)
    if rank is not None:
        return (_LETTER, rank, "")
    if letter.isalnum():
        return (_OTHER, ord(letter), "")
    return (_SEPARATOR, 0, "")


def _number_place(digits: str) -> _Place:
    # Length first, then the digits themselves: numeric order without ever making a huge int.
    significant = digits.lstrip("0")
    return (_NUMBER, len(significant), significant)


def fold(text: str) -> str:
    """The text as somebody types it in a hurry: no marks, lower case, đ as d, single spaces.

    Two texts match in a search when their folded forms do: `fold("Đa Tốn") == "da ton"`.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(part for part in letters if not unicodedata.combining(part)).split())


def number(value: float, decimals: int, lang: Language) -> str:
    """The number as people read it: `1.250,50` in Vietnamese, `1,250.50` in English.

    Rounded to `decimals` places (>= 0); never `-0`. What is not finite is an en dash: not known.
    """
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    if text.startswith("-") and not text.strip("-0.,"):
        text = text[1:]
    if lang == "vi":
        return text.translate(_VI_POINTS)
    return text


_VI_POINTS = str.maketrans({",": ".", ".": ","})
