"""A small commune behind the real app, on a real state and a real readings store, asked over ASGI."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from analytics.findings import Evidence, Finding, FindingKind, Severity
from analytics.watch import NormalBand
from api.app import create_app
from api.ports import ApiPorts, Check, Health
from desk import keys
from desk.context import Desk
from desk.findings import record
from desk.keys import Scope
from devices.readings import Reading
from devices.sites import Cluster, Crew, Device, Gateway, Mounting, Section, Site, SiteKind, Village
from dispatch.orders import WorkOrder
from storage.sqlite.readings import SqliteReadings
from storage.state import State, sqlite_url

NOW = 1_795_421_702_000
MINUTE, HOUR = 60_000, 3_600_000
PAGE = {"accept": "text/html,*/*"}


@dataclass(slots=True)
class House:
    """The app and everything under it. `clock_ms` is moved by hand; `healthy` is what the ports report."""

    state: State
    readings: SqliteReadings
    app: FastAPI
    keys: dict[Scope, str]
    clock: list[int]
    checks: list[Check]
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        scope: Scope | None = None,
        headers: dict[str, str] | None = None,
        host: str = "127.0.0.1",
        **more: Any,
    ) -> httpx.Response:
        """One request; `scope` sends that scope's key. Redirects are shown, not followed."""
        sent = dict(headers or {})
        if scope is not None:
            sent["authorization"] = f"Bearer {self.keys[scope]}"
        return self._runner.run(self._ask(method, path, host, headers=sent, **more))

    async def _ask(self, method: str, path: str, host: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **more)

    def session(self, scope: Scope) -> dict[str, str]:
        """The cookie header of a browser that signed in with that scope's key."""
        token = keys.start_session(self.state, self.keys[scope].split("_")[1], self.clock[0])
        return {"cookie": f"kenh_session={token}"}

    def csrf(self, cookie: dict[str, str], path: str = "/") -> str:
        """The CSRF token in the forms of a page, as a browser would send it back."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.ask(path, headers=cookie).text)
        assert found is not None
        return found[1]

    def raise_finding(self, finding: Finding) -> WorkOrder | None:
        """Hand a finding to the desk; the live order it made, if it made one."""
        record(Desk(self.state), [finding], None, finding.updated_ms)
        with self.state.snapshot() as tx:
            return tx.orders.live_for(finding.site_id, finding.kind)

    def order(self) -> WorkOrder:
        """A work order about the blocked drain at G07, assigned to the drainage crew."""
        order = self.raise_finding(blocked())
        assert order is not None
        return order

    def close(self) -> None:
        """Let go of everything."""
        self._runner.close()
        self.readings.close()
        self.state.close()


def blocked(at_ms: int = NOW - 3 * HOUR) -> Finding:
    """A blocked drain at G07."""
    evidence = (
        Evidence("surplus", 0.82, "m", 0.9, (0.05, 0.09)),
        Evidence("downstream_dry", 1.0, "1", 0.6),
        Evidence("canal_high", 0.0, "m", -0.2, (None, 0.1)),
    )
    facts: dict[str, float | int | str | bool | None] = {
        "at_ms": at_ms,
        "level_m": 0.82,
        "normal_low_m": 0.05,
        "normal_high_m": 0.09,
        "dry_h": 11,
        "downstream_id": "G06",
        "downstream_state": "dry",
    }
    return Finding(
        site_id="G07",
        kind=FindingKind.BLOCKED_DRAIN,
        severity=Severity.MAJOR,
        opened_ms=at_ms,
        updated_ms=at_ms + MINUTE,
        confidence=0.9,
        evidence=evidence,
        facts=facts,
    )


def backwater(at_ms: int = NOW - HOUR) -> Finding:
    """A high canal at M01: told, but no crew is sent."""
    return replace(
        blocked(at_ms),
        site_id="M01",
        kind=FindingKind.BACKWATER,
        severity=Severity.INFO,
        evidence=(),
        facts={"at_ms": at_ms, "level_m": 0.5, "receiver_id": "M01", "receiver_rise_cm": 22.0},
    )


def build(folder: Path, *, anonymous_viewer: bool = False, demo: bool = False) -> House:
    """The house, with a key of every scope."""
    state = State(sqlite_url(folder / "state.db"))
    state.migrate()
    readings = SqliteReadings(folder / "readings.db")
    _settle(state)
    readings.write(_day_of_readings())
    clock, checks = [NOW], [Check("broker", ok=True)]
    app = create_app(
        ApiPorts(
            state=state,
            readings=readings,
            clock=lambda: clock[0],
            version="0.1.0",
            demo=demo,
            anonymous_viewer=anonymous_viewer,
            public_url="http://127.0.0.1:8000",
            band=_band,
            health=lambda: Health(tuple(checks)),
            metrics_registry=CollectorRegistry(),
        )
    )
    made = {scope: keys.create(state, scope, f"label of {scope}", NOW) for scope in Scope}
    return House(state, readings, app, made, clock, checks)


def _settle(state: State) -> None:
    sites = [
        Site(
            "G07",
            SiteKind.DRAIN,
            "Ga G07, ngõ 3 Giang Cao",
            "Manhole G07, lane 3 Giang Cao",
            village_id="giang-cao",
            lat=20.981,
            lon=105.912,
            downstream=("G06",),
            section=Section.CIRCULAR,
            width_m=0.6,
            height_m=0.6,
            invert_m=7.4,
            ground_m=9.0,
        ),
        Site("G06", SiteKind.DRAIN, "Ga G06", village_id="giang-cao", lat=20.9805, lon=105.911),
        Site("D15", SiteKind.WASTE_POINT, "Điểm tập kết Đ15", village_id="da-ton", lat=20.985, lon=105.934),
        Site("M01", SiteKind.CANAL, "Mương M01", village_id="da-ton"),
        Site("W01", SiteKind.RAIN_GAUGE, "Trạm đo mưa W01", village_id="giang-cao", lat=20.979, lon=105.915),
    ]
    villages = [Village("giang-cao", "Giang Cao", "bat-trang"), Village("da-ton", "Lê Xá", "cum-da-ton")]
    with state.transaction() as tx:
        tx.registry.save_sites(
            sites, villages, [Cluster("bat-trang", "Bát Tràng"), Cluster("cum-da-ton", "Đa Tốn")]
        )
        tx.registry.save_crews(
            [Crew("thoat-nuoc-1", "Tổ thoát nước 1", "Drainage crew 1", ("blocked_drain",), phone="0912")]
        )
        devices = [Device("a84041aa", "dragino/dds75-lb", expected_interval_s=600), Device("24e124bb")]
        tx.registry.save_devices(devices, [Mounting("a84041aa", "G07"), Mounting("24e124bb", "D15")])
        tx.registry.save_gateways([Gateway("gw-1", "UBND xã")])
        tx.devices_seen.touch([("a84041aa", NOW - MINUTE, "gw-1")])


def _day_of_readings() -> list[Reading]:
    rows = []
    for step in range(144):
        at_ms = NOW - MINUTE - step * 10 * MINUTE
        rows.append(Reading("G07", "1", "water_level_m", at_ms, 0.07 + step % 5 / 100, received_ms=at_ms))
        rows.append(Reading("D15", "1", "fill_pct", at_ms, float(step % 100), received_ms=at_ms))
    rows.append(Reading("W01", "1", "rain_mm", NOW - HOUR, 12.0, received_ms=NOW))
    rows.append(Reading("G07", "1", "battery_pct", NOW - HOUR, 71.0, received_ms=NOW))
    return rows


def _band(site_id: str, channel: str) -> NormalBand | None:
    if site_id != "G07":
        return None
    middle = np.full(24, 0.07)
    return NormalBand(middle - 0.02, middle, middle + 0.02, learnt=True)
