"""Passwords at the broker: random, made once, kept between starts, hashed where the broker reads them."""

import csv
import hashlib
import hmac
import io
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from kenh.broker.identities import Identity, Kind
from kenh.files import write_private

#: In the broker of `kenh up`: the service, the person at this machine, the simulated fleet.
USERS = ("kenh", "local", "demo")
#: The broker's one thread pays for these at every CONNECT, and after a power cut the whole fleet comes at
#: once. The passwords are 144 random bits, so that more rounds would protect nothing.
_ITERATIONS = 1000
_COLUMNS = ("user", "password", "kind", "id")

#: What `credentials.csv` holds: kind and id to user and password.
Known = Mapping[tuple[Kind, str], "Credential"]


class CredentialsError(ValueError):
    """A file of credentials that cannot be believed; nothing is made anew over it."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A user and the password in plain text."""

    identity: Identity
    password: str


def load_or_create(folder: Path) -> dict[str, str]:
    """User name to password for the broker of `kenh up`; made on the first start, the same ever after."""
    path = folder / "credentials.json"
    known: dict[str, str] = orjson.loads(path.read_bytes()) if path.exists() else {}
    if any(user not in known for user in USERS):
        known |= {user: new_password() for user in USERS if user not in known}
        write_private(path, orjson.dumps(known))
    return known


def new_password() -> str:
    """Something nobody guesses, made of letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(18)


def mosquitto_line(user: str, password: str, salt: bytes | None = None) -> str:
    """One line of a mosquitto 2 password file: PBKDF2-SHA512 as `mosquitto_passwd` writes it."""
    salt = salt or secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"{user}:$7${_ITERATIONS}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def password_file(credentials: Iterable[Credential], former: str) -> str:
    """The text of a password file; lines of `former` that still hold stay as they are."""
    lines = {line.partition(":")[0]: line for line in former.splitlines()}
    out = []
    for each in credentials:
        user = each.identity.user
        known = lines.get(user, "")
        again = mosquitto_line(user, each.password, _salt(known))
        out.append(known if hmac.compare_digest(known.encode(), again.encode()) else again)
    return "".join(line + "\n" for line in out)


def as_csv(credentials: Iterable[Credential]) -> str:
    """The text of `credentials.csv`: what to type into devices and crews' systems."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    rows.writerows(
        (each.identity.user, each.password, each.identity.kind, each.identity.id) for each in credentials
    )
    return text.getvalue()


def read_csv(path: Path) -> dict[tuple[Kind, str], Credential]:
    """What an earlier run wrote; nothing if there is no file.

    Raises:
        CredentialsError: it is not such a file (any more), with the line.
    """
    if not path.exists():
        return {}
    found: dict[tuple[Kind, str], Credential] = {}
    try:
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), strict=True)
        for number, row in enumerate(rows, 2):
            if not all(row.get(name) for name in _COLUMNS) or row["kind"] not in set(Kind):
                raise CredentialsError(f"{path}, line {number}: needs user, password, kind and id")
            identity = Identity(row["user"], Kind(row["kind"]), row["id"])
            found[identity.kind, identity.id] = Credential(identity, row["password"])
    except (UnicodeDecodeError, csv.Error) as error:
        raise CredentialsError(f"{path} cannot be read: {error}") from error
    return found


def _salt(line: str) -> bytes | None:
    parts = line.split("$")
    try:
        return b64decode(parts[3], validate=True) if len(parts) == 5 else None
    except ValueError:
        return None
