"""Message formats: what a broker delivers becomes uplinks, or is rejected with a reason."""

from devices.formats.discovered import Discovered
from devices.formats.recognised import TOPIC_FILTERS, Formats, Parsed, parse
from devices.formats.routes import Route, RouteFormat, read_routes
from devices.formats.webhooks import http_uplinks

__all__ = [
    "TOPIC_FILTERS",
    "Discovered",
    "Formats",
    "Parsed",
    "Route",
    "RouteFormat",
    "http_uplinks",
    "parse",
    "read_routes",
]
