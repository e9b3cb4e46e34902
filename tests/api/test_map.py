"""The map: true to shape, names beside their sites, and still a page when there are very many."""

from collections import namedtuple

from api.board.map import MOST_MARKS, WIDTH, draw
from api.board.states import Standing
from api.board.words import LANGUAGES
from devices.sites import Cluster, Registry, Site, SiteKind, Village

Line = namedtuple("Line", "kind label_vi label_en points")  # noqa: PYI024 - the shape of the port, nothing more


def _sites(count: int) -> dict[str, Site]:
    return {
        f"s{n}": Site(
            f"s{n}",
            SiteKind.DRAIN,
            village_id=f"v{n % 3}",
            lat=20.92 + (n * 37 % 100) / 1200,
            lon=105.88 + (n * 61 % 100) / 1300,
        )
        for n in range(count)
    }


def _registry(sites: dict[str, Site]) -> Registry:
    villages = {f"v{n}": Village(f"v{n}", f"Thôn {n}", "c") for n in range(3)}
    return Registry(sites=sites, villages=villages, clusters={"c": Cluster("c", "Kim Lan")})


def test_everything_lies_inside_the_picture_with_north_up() -> None:
    sites = _sites(60)
    standings = dict.fromkeys(sites, Standing.OK)
    picture = draw(list(sites.values()), _registry(sites), standings, [], "vi")
    assert picture is not None
    assert all(0 < mark.x < WIDTH and 0 < mark.y < picture.height for mark in picture.marks)
    top = min(picture.marks, key=lambda mark: mark.y)
    northmost = max(sites.values(), key=lambda site: site.lat or 0)
    assert top.y == min(mark.y for mark in picture.marks if mark.href == f"/sites/{northmost.id}")


def test_what_is_worst_is_drawn_last() -> None:
    sites = _sites(4)
    order = [Standing.CRITICAL, Standing.OK, Standing.UNKNOWN, Standing.MAJOR]
    standings = dict(zip(sites, order, strict=True))
    picture = draw(list(sites.values()), _registry(sites), standings, [], "vi")
    assert picture is not None
    assert [mark.standing for mark in picture.marks] == ["unknown", "ok", "major", "critical"]


def test_a_single_site_and_none_at_all_are_fine() -> None:
    sites = _sites(1)
    picture = draw(list(sites.values()), _registry(sites), {"s0": Standing.OK}, [], "en")
    assert picture is not None
    assert len(picture.marks) == 1
    nowhere = Site("x", SiteKind.DRAIN)
    assert draw([nowhere], Registry(sites={"x": nowhere}), {"x": Standing.OK}, [], "en") is None


def test_of_very_many_sites_only_those_that_need_eyes_are_drawn() -> None:
    sites = _sites(MOST_MARKS + 1)
    standings = {key: Standing.MAJOR if key == "s7" else Standing.OK for key in sites}
    picture = draw(list(sites.values()), _registry(sites), standings, [], "vi")
    assert picture is not None
    assert picture.partial
    assert [mark.href for mark in picture.marks] == ["/sites/s7"]


def test_a_line_carries_its_name_in_the_readers_language_and_never_upside_down() -> None:
    sites = _sites(30)
    points = ((20.99, 105.95), (20.93, 105.89))
    line = Line("river", "Sông Hồng", "Red River", points)
    for lang in LANGUAGES:
        standings = dict.fromkeys(sites, Standing.OK)
        picture = draw(list(sites.values()), _registry(sites), standings, [line], lang)
        assert picture is not None
        assert picture.lines[0].label == {"vi": "Sông Hồng", "en": "Red River"}[lang]
        assert -90 <= picture.lines[0].angle <= 90
