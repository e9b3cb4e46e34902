"""DATA/connection.json: how programs on this machine reach the service. Only its owner may read it."""

from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from kenh.files import write_private


@dataclass(frozen=True, slots=True)
class ConnectionFile:
    """What stands in the file; the names are a contract."""

    http_url: str
    mqtt_url: str
    mqtt_username: str
    mqtt_password: str
    admin_key: str

    def save(self, data: Path) -> None:
        """Write DATA/connection.json, mode 0600."""
        write_private(
            data / "connection.json", orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2) + b"\n"
        )


def known_admin_key(data: Path) -> str:
    """The admin key of an earlier start, or empty."""
    try:
        found = orjson.loads((data / "connection.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return ""
    key = found.get("admin_key", "") if isinstance(found, dict) else ""
    return key if isinstance(key, str) else ""
