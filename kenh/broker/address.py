"""Where a broker is, read from `mqtt://user:password@host:port` (or `mqtts://`)."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from kenh.errors import StartError


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Host, port and who we are there."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False

    @property
    def url(self) -> str:
        """Without the password."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def parse(url: str, username: str, password: str) -> BrokerAddress:
    """The address; user and password given apart win over those in the URL.

    Raises:
        StartError: not an MQTT URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise StartError(f"KENH_MQTT__URL {url!r} cannot be read: {error}") from error
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise StartError(f"KENH_MQTT__URL {url!r} is not of the form mqtt://host:port or mqtts://host:port")
    tls = parts.scheme == "mqtts"
    return BrokerAddress(
        host=parts.hostname,
        port=port or (8883 if tls else 1883),
        username=username or unquote(parts.username or ""),
        password=password or unquote(parts.password or ""),
        tls=tls,
    )
