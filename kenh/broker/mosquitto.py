"""Mosquitto, configured so that one machine loses as little as the broker can."""

import getpass
import shutil
from pathlib import Path

from kenh.broker.credentials import mosquitto_line
from kenh.files import write_private

#: Debian keeps the broker where ordinary users' PATH does not look.
PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")

ACL = """\
user kenh
topic readwrite #

user local
topic readwrite #

user demo
topic write application/#
topic write v3/#
topic write kenh/v1/+/up
topic read kenh/v1/crews/+/work-orders/+
topic write kenh/v1/crews/+/work-orders/+/status
"""


def find() -> Path | None:
    """Where mosquitto is on this machine, if it is."""
    on_path = shutil.which("mosquitto")
    places = [on_path, *PLACES] if on_path else list(PLACES)
    return next((Path(place) for place in places if Path(place).exists()), None)


def configure(folder: Path, host: str, port: int, users: dict[str, str]) -> Path:
    """Write configuration, passwords and access rules into `folder`; the configuration's path.

    The window and the queue hold what arrives while Kênh restarts; the queue is saved every few seconds
    because mosquitto by itself writes it only every half hour.
    """
    folder.mkdir(parents=True, exist_ok=True)
    passwords = folder / "passwords"
    acl = folder / "acl"
    write_private(passwords, "".join(mosquitto_line(*pair) + "\n" for pair in users.items()).encode())
    write_private(acl, ACL.encode())
    config = folder / "mosquitto.conf"
    lines = [
        f"listener {port} {host}",
        "allow_anonymous false",
        f"password_file {passwords}",
        f"acl_file {acl}",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 5",
        "max_inflight_messages 1000",
        "max_queued_messages 200000",
        "message_size_limit 131072",
        "persistent_client_expiration 14d",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        # Started as root, mosquitto would become a user that cannot write into our folder.
        f"user {getpass.getuser()}",
    ]
    write_private(config, ("\n".join(lines) + "\n").encode())
    return config
