"""Who may speak to the broker we start: a few users with random passwords, kept between starts."""

import hashlib
import secrets
from base64 import b64encode
from pathlib import Path

import orjson

from kenh.files import write_private

#: `kenh` is the service, `local` is for the person at this machine, `demo` for the simulated fleet.
USERS = ("kenh", "local", "demo")
_ITERATIONS = 101


def load_or_create(folder: Path) -> dict[str, str]:
    """User name to password; made on the first start, the same ever after."""
    path = folder / "credentials.json"
    known: dict[str, str] = orjson.loads(path.read_bytes()) if path.exists() else {}
    if any(user not in known for user in USERS):
        known |= {user: secrets.token_urlsafe(18) for user in USERS if user not in known}
        write_private(path, orjson.dumps(known))
    return known


def mosquitto_line(user: str, password: str) -> str:
    """One line of a mosquitto 2 password file: PBKDF2-SHA512 as `mosquitto_passwd` writes it."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"{user}:$7${_ITERATIONS}${b64encode(salt).decode()}${b64encode(digest).decode()}"
