"""The files of a broker that somebody else runs for us: who may sign in, what they may do, how it is set.

A second run changes nothing that need not change: passwords stay, and a file that would be the same is not
touched, so that its owner, the broker's user, stays its owner.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.sites import Registry
from kenh.broker.acl import Route, acl
from kenh.broker.credentials import Credential, Known, as_csv, new_password, password_file, read_csv
from kenh.broker.identities import KENH, Identity, Kind, identities
from kenh.broker.mosquitto_conf import Broker, conf
from kenh.files import write_private

#: Services sign in on one listener, devices and crews on another; neither knows the other's passwords.
SERVICE_PASSWORDS, FIELD_PASSWORDS = "passwords-services", "passwords-field"
ACL, CONF, CREDENTIALS, ENVIRONMENT = "acl", "mosquitto.conf", "credentials.csv", "kenh.env"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may sign in after a run, and what became different."""

    credentials: tuple[Credential, ...]
    added: tuple[Identity, ...]
    removed: tuple[Identity, ...]

    def password_of(self, user: str) -> str:
        """The password of one user."""
        return next(each.password for each in self.credentials if each.identity.user == user)


def write_access(
    folder: Path, registry: Registry, services: Sequence[str], routes: Sequence[Route], now_ms: int
) -> Access:
    """Write `credentials.csv`, the password files and the ACL file into `folder`, each readable by us only.

    Raises:
        CredentialsError: the `credentials.csv` there is not ours to overwrite.
        OSError: the folder cannot be written to.
    """
    known = read_csv(folder / CREDENTIALS)
    access = _access(registry, services, known, now_ms)
    # First what cannot be made again, then what follows from it.
    write(folder / CREDENTIALS, as_csv(access.credentials), private=True)
    for name, mine in ((SERVICE_PASSWORDS, True), (FIELD_PASSWORDS, False)):
        chosen = [one for one in access.credentials if (one.identity.kind is Kind.SERVICE) is mine]
        path = folder / name
        former = path.read_text(encoding="utf-8") if path.exists() else ""
        write(path, password_file(chosen, former))
    write(folder / ACL, acl([one.identity for one in access.credentials], routes))
    return access


def write_configuration(folder: Path, broker: Broker, url: str, password: str) -> None:
    """Write `mosquitto.conf`, and `kenh.env` with what Kênh needs to connect to it. Raises OSError."""
    write(folder / CONF, conf(broker))
    settings = {"URL": url, "USERNAME": KENH, "PASSWORD": password}
    text = "".join(f"KENH_MQTT__{name}={value}\n" for name, value in settings.items())
    write(folder / ENVIRONMENT, text, private=True)


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file unless it is the same already; unless `private`, its owner stays. Raises OSError."""
    body = text.encode()
    former = path.stat() if path.exists() else None
    if former is not None and path.read_bytes() == body and not (private and former.st_mode & 0o077):
        return
    write_private(path, body)
    if former is not None and not private:
        if os.geteuid() == 0:
            os.chown(path, former.st_uid, former.st_gid)
        path.chmod(former.st_mode & 0o640)


def _access(registry: Registry, services: Sequence[str], known: Known, now_ms: int) -> Access:
    names = {key: one.identity.user for key, one in known.items()}
    wanted = identities(registry, services, names, now_ms)
    credentials = []
    added = []
    for each in wanted:
        former = known.get((each.kind, each.id))
        if former is not None and former.identity.user == each.user:
            credentials.append(former)
        else:
            # A new name gets a new password: the old one may be known to whoever had that name.
            credentials.append(Credential(each, new_password()))
            added.append(each)
    kept = {one.identity for one in credentials}
    removed = [one.identity for one in known.values() if one.identity not in kept]
    return Access(tuple(credentials), tuple(added), tuple(removed))
