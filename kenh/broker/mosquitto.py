"""Mosquitto, configured so that one machine loses as little as the broker can."""

import getpass
import shutil
from pathlib import Path

from kenh.broker.acl import acl
from kenh.broker.credentials import USERS, mosquitto_line
from kenh.broker.identities import Identity, Kind
from kenh.broker.mosquitto_conf import Broker, Listener, conf
from kenh.broker.sizing import Fleet, size_for
from kenh.files import write_private

#: Debian keeps the broker where ordinary users' PATH does not look.
PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")

#: The broker of `kenh up` serves a small commune on one machine; its users keep small messages of their own.
_FLEET = Fleet(devices=200, message_bytes=500)


def find() -> Path | None:
    """Where mosquitto is on this machine, if it is."""
    on_path = shutil.which("mosquitto")
    places = [on_path, *PLACES] if on_path else list(PLACES)
    return next((Path(place) for place in places if Path(place).exists()), None)


def configure(folder: Path, host: str, port: int, users: dict[str, str]) -> Path:
    """Write configuration, passwords and access rules into `folder`; the configuration's path."""
    folder.mkdir(parents=True, exist_ok=True)
    passwords = folder / "passwords"
    write_private(passwords, "".join(mosquitto_line(*pair) + "\n" for pair in users.items()).encode())
    rules = folder / "acl"
    known = [Identity(user, Kind.SERVICE, user) for user in USERS if user in users]
    write_private(rules, acl(known).encode())
    broker = Broker(
        listeners=(Listener(port, host, passwords),),
        acl=rules,
        persistence=folder,
        size=size_for(_FLEET),
        # Started as root, mosquitto would become a user that cannot write into our folder.
        run_as=getpass.getuser(),
    )
    config = folder / "mosquitto.conf"
    write_private(config, conf(broker).encode())
    return config
