"""What sorts of water points there are, and what people call them."""

from collections.abc import Mapping
from typing import NamedTuple

from devices.sites import Section, SiteKind


class Shape(NamedTuple):
    """A sort of water point: its kind, its outgoing conduit and its word."""

    kind: SiteKind
    section: Section | None
    width_m: float | None
    height_m: float | None
    word_vi: str
    word_en: str


SHAPES: Mapping[str, Shape] = {
    "ga": Shape(SiteKind.DRAIN, Section.CIRCULAR, 0.6, 0.6, "Ga", "Manhole"),
    "ga-lon": Shape(SiteKind.DRAIN, Section.CIRCULAR, 0.8, 0.8, "Ga", "Manhole"),
    "ga-thu": Shape(SiteKind.DRAIN, Section.BOX, 0.4, 0.5, "Ga thu", "Gully"),
    "ranh": Shape(SiteKind.DRAIN, Section.BOX, 0.4, 0.5, "Rãnh", "Gutter"),
    "cong": Shape(SiteKind.DRAIN, Section.BOX, 0.8, 1.0, "Cống", "Box culvert"),
    "muong": Shape(SiteKind.DRAIN, Section.OPEN, 2.0, 1.5, "Mương", "Ditch"),
    "cua-xa": Shape(SiteKind.GATE, Section.CIRCULAR, 0.8, 0.8, "Cửa xả", "Outfall"),
    "cua-cong": Shape(SiteKind.GATE, Section.BOX, 1.2, 1.5, "Cửa cống", "Gate"),
    "song": Shape(SiteKind.RIVER, None, None, None, "Sông Hồng", "Red River"),
    "kenh": Shape(SiteKind.CANAL, Section.OPEN, 18.0, 3.0, "Sông", "River"),
    "bom": Shape(SiteKind.PUMP, None, None, None, "Trạm bơm", "Pump station"),
}
