"""`kenh up` as a new user meets it: the demo, on either broker, stopped and started again."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.brokers import needs_mosquitto
from tests.polling import wait_until

BROKERS = [pytest.param("mosquitto", marks=needs_mosquitto), "amqtt"]


class Up:
    """A running `kenh up` and what it said."""

    def __init__(self, data: Path, process: "subprocess.Popen[bytes]") -> None:
        self.data, self.process = data, process
        wait_until(self._is_ready, "kenh up", timeout_s=90)

    @property
    def connection(self) -> dict[str, str]:
        found: dict[str, str] = orjson.loads((self.data / "connection.json").read_bytes())
        return found

    @property
    def said(self) -> str:
        return (self.data.parent / "up.log").read_text(encoding="utf-8")

    def get(self, path: str, key: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.get(self.connection["http_url"] + path, headers=headers, timeout=10)

    def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/api/v1/{path}").json()["items"]
        return found

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        return "Ctrl-C stops everything" in self.said and self.get("/readyz").status_code == 200


@contextmanager
def up(data: Path, broker: str) -> Iterator[Up]:
    """`kenh up --data DATA`, ended as a service manager would."""
    (data.parent / "up.log").write_bytes(b"")
    command = [sys.executable, "-m", "kenh", "up", "--data", str(data)]
    environment = os.environ | {"KENH_MQTT__BROKER": broker}
    with (data.parent / "up.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield Up(data, process)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.parametrize("broker", BROKERS)
def test_the_demo_has_findings_live_uplinks_and_restarts_without_loss(tmp_path: Path, broker: str) -> None:
    data = tmp_path / "data"
    with up(data, broker) as first:
        assert f"Starting the broker ({broker})" in first.said
        assert stat.S_IMODE((data / "connection.json").stat().st_mode) == 0o600
        assert first.items("findings"), "the imported history holds findings"
        wait_until(lambda: "kenh_ingest_stored_total 0.0" not in first.get("/metrics").text, "live uplinks")
        wait_until(
            lambda: any(row["site_id"] == "G07" for row in first.items("work-orders")),
            "the blocked drain of the story",
            timeout_s=90,
        )
        assert "Số liệu mô phỏng" in first.get("/").text
        admin = first.connection["admin_key"]
        before = {row["id"] for row in first.items("work-orders")}
        broker_pid = int((data / "broker" / "broker.pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(broker_pid, 0)
    with up(data, broker) as again:
        assert before <= {row["id"] for row in again.items("work-orders")}
        assert again.connection["admin_key"] == admin
        assert again.get("/api/v1/quarantine", admin).status_code == 200
        assert "Importing" not in again.said


def test_a_real_commune_answers_nobody_without_a_key(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "kenh", "up", "--no-demo", "--data", str(data)]
    with (tmp_path / "up.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        real = Up(data, process)
        for path in ("/api/v1/sites", "/api/v1/work-orders", "/api/v1/stream", "/metrics", "/"):
            assert real.get(path).status_code == 401, path
        assert real.get("/api/v1/sites", real.connection["admin_key"]).status_code == 200
        assert real.get("/healthz").status_code == 200
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("option", ["--port", "--mqtt-port"])
def test_a_taken_port_that_was_asked_for_is_said_plainly(tmp_path: Path, option: str) -> None:
    from kenh import ports

    with ports.bind_from("127.0.0.1", 23_000) as taken:
        number = str(taken.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "kenh",
            "up",
            "--no-demo",
            "--data",
            str(tmp_path / "d"),
            option,
            number,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert number in done.stderr
    assert option in done.stderr
    assert "Traceback" not in done.stderr
