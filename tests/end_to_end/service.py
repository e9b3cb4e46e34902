"""The product itself inside a test: the composition root on a real broker, with a clock moved by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from desk.importing import import_crews, import_devices, import_sites
from kenh.app import App, Start, open_state
from kenh.settings import HttpSettings, MqttSettings, Settings, WatchSettings, load
from tests.brokers import Broker

PARTS = frozenset({"ingest", "watch", "alert", "serve"})
MINUTE = 60_000


class HandClock:
    """Epoch milliseconds that stand still until moved."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def forward(self, ms: int) -> int:
        """Move on; the new time."""
        self.now_ms += ms
        return self.now_ms


def settings_on(data: Path, broker: Broker) -> Settings:
    """Settings for a test: given broker, any free HTTP port, a watch that looks often."""
    return load(
        data=data,
        mqtt=MqttSettings(url=broker.url, username=broker.username, password=SecretStr(broker.password)),
        http=HttpSettings(port=0),
        watch=WatchSettings(tick_s=0.05),
    )


def take_in(settings: Settings, *, sites: str = "", devices: str = "", crews: str = "") -> None:
    """Import files as the command line does."""
    settings.data.mkdir(parents=True, exist_ok=True)
    state = open_state(settings)
    try:
        if sites:
            import_sites(state, sites, "csv")
        if devices:
            import_devices(state, devices)
        if crews:
            import_crews(state, crews)
    finally:
        state.close()


class Service:
    """A running app and an authorised HTTP client."""

    def __init__(self, app: App) -> None:
        assert app.connection is not None
        self.app = app
        self.connection = app.connection
        self.http = httpx.Client(
            base_url=app.http_url, headers={"Authorization": f"Bearer {app.connection.admin_key}"}, timeout=10
        )

    def items(self, path: str, **params: str | int) -> list[dict[str, Any]]:
        """The items of one page of `/api/v1/...`."""
        answer = self.http.get(f"/api/v1/{path}", params=params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def one(self, path: str) -> dict[str, Any]:
        """One thing of `/api/v1/...`."""
        answer = self.http.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def running(settings: Settings, clock: HandClock) -> Iterator[Service]:
    """The whole service, as `kenh up --no-demo` runs it."""
    said: list[str] = []
    app = App(settings, Start(parts=PARTS, demo=False, own_broker=True), said.append, clock)
    try:
        app.start(threading.Event())
        service = Service(app)
        try:
            yield service
        finally:
            service.http.close()
    finally:
        app.stop()
