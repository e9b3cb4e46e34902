"""amqtt in a process of its own: `python -m kenh.broker.amqtt_server CONFIG`.

Only for machines without mosquitto: it speaks MQTT 3.1.1 and forgets its queue when it stops. Its work
would starve the API's thread, hence the process.
"""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import Any

import orjson
from amqtt.broker import Broker


def configure(folder: Path, host: str, port: int, users: dict[str, str]) -> Path:
    """Write the configuration and the password file; the configuration's path."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    from kenh.files import write_private

    hasher = PasswordHash((Argon2Hasher(),))
    passwords = folder / "amqtt-passwords"
    lines = (f"{user}:{hasher.hash(password)}\n" for user, password in users.items())
    write_private(passwords, "".join(lines).encode())
    config = folder / "amqtt.json"
    write_private(config, orjson.dumps({"bind": f"{host}:{port}", "passwords": str(passwords)}))
    return config


def _settings(given: dict[str, str]) -> dict[str, Any]:
    return {
        "listeners": {"default": {"type": "tcp", "bind": given["bind"]}},
        "timeout_disconnect_delay": 2,
        "plugins": {
            "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": given["passwords"]},
        },
    }


async def serve(given: dict[str, str]) -> None:
    """Run until SIGTERM or SIGINT."""
    broker = Broker(_settings(given))
    await broker.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    with contextlib.suppress(Exception):  # amqtt raises while closing sessions that are already gone
        await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(serve(orjson.loads(Path(sys.argv[1]).read_bytes())))
