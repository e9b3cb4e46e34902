"""Storm mode at work: looks at the rain, decides, and puts what is asked of devices into the outbox.

What was asked of whom is in the state, so that a restart repeats nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

import orjson

from analytics.findings import Finding, FindingKind
from desk.measured import intervals_s, percentages, rain_rates
from devices.model import Model
from devices.models import MODELS
from devices.sites import WATER_KINDS, Device, Registry
from dispatch.downlinks import CHANNEL, is_reachable, to_device, topic
from dispatch.orders import Event
from dispatch.storm import Ask, Sensor, StormRules, decide, settled
from dispatch.weather import Weather, look
from storage.protocols import ReadingsStore
from storage.state import State, Tx
from storage.state.radio import RadioRow

#: The weather is looked at this often.
LOOK_EVERY_MS = 10_000
_WEATHER = "storm"
_LEVELS = frozenset({"distance_mm", "depth_mm"})


@dataclass(frozen=True, slots=True)
class _Known:
    """What the state says."""

    registry: Registry
    weather: Weather
    rows: tuple[RadioRow, ...]
    findings: tuple[Finding, ...]

    @property
    def anybody_asked(self) -> bool:
        """Is a device still to be set back, or to show that it was?"""
        return any(row.reason for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What the readings say: mm/h by gauge, battery in per cent and observed interval by device."""

    rates: Mapping[str, float | None]
    battery_pct: Mapping[str, float] = field(default_factory=dict)
    observed_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be changed: the weather, requests, and devices that need nothing more."""

    weather: Weather
    asks: tuple[Ask, ...]
    settled: tuple[str, ...]


class StormWatch:
    """Storm mode over one state and its readings.

    Switched off it sends nothing, but for setting back the devices it had asked before.
    """

    def __init__(self, state: State, readings: ReadingsStore, rules: StormRules) -> None:
        self._state = state
        self._readings = readings
        self._rules = rules
        self._looked_ms: int | None = None

    def tick(self, now_ms: int) -> int:
        """Look, if it is time to; returns how many devices were asked something.

        Raises `StorageError` where state or readings cannot be reached; the next tick tries again.
        """
        if self._looked_ms is not None and 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return 0
        self._looked_ms = now_ms
        with self._state.snapshot() as tx:
            known = _known(tx)
        if not self._rules.enabled and not known.weather.storm and not known.anybody_asked:
            return 0
        measured = self._measured(known, now_ms)
        if not _changes(known, self._plan(known, measured, now_ms)):
            return 0
        with self._state.transaction() as tx:
            known = _known(tx)
            plan = self._plan(known, measured, now_ms)
            _save(tx, known, plan, now_ms)
        return len(plan.asks)

    def _measured(self, known: _Known, now_ms: int) -> _Measured:
        registry, measured = known.registry, _Measured(rain_rates(self._readings, known.registry, now_ms))
        if not self._weather(known, measured.rates, now_ms).storm and not known.anybody_asked:
            return measured
        sensors = list(_sensors(known, measured, now_ms))
        asked = {
            each.device_id: (each.sent_ms, each.usual_s) for each in sensors if each.why and each.sent_ms
        }
        return _Measured(
            measured.rates,
            percentages(self._readings, registry, [each.device_id for each in sensors], now_ms),
            intervals_s(self._readings, registry, asked, now_ms),
        )

    def _weather(self, known: _Known, rates: Mapping[str, float | None], now_ms: int) -> Weather:
        if not self._rules.enabled:
            return replace(known.weather, storm=False)
        return look(
            known.weather,
            now_ms,
            rates,
            known.findings,
            start_mm_per_h=self._rules.start_mm_per_h,
            calm_ms=self._rules.calm_ms,
        )

    def _plan(self, known: _Known, measured: _Measured, now_ms: int) -> _Plan:
        weather = self._weather(known, measured.rates, now_ms)
        sensors = list(_sensors(known, measured, now_ms))
        # In a storm it stays known who was spared and why.
        done = frozenset(() if weather.storm else settled(sensors))
        waiting = [each for each in sensors if each.device_id not in done]
        asks = decide(now_ms, weather, waiting, self._rules, known.registry)
        return _Plan(weather, tuple(asks), tuple(sorted(done)))


def _known(tx: Tx) -> _Known:
    return _Known(
        tx.registry.load(), _read(tx.meta.get(_WEATHER)), tuple(tx.radio.all()), tuple(tx.findings.open())
    )


def _changes(known: _Known, plan: _Plan) -> bool:
    return bool(plan.asks or plan.settled or plan.weather != known.weather)


def _save(tx: Tx, known: _Known, plan: _Plan, now_ms: int) -> None:
    if plan.weather != known.weather or plan.asks:
        tries = {**plan.weather.tries, **{ask.device_id: ask.attempt for ask in plan.asks}}
        tx.meta.set(_WEATHER, _write(replace(plan.weather, tries=tries)))
    sent_ms = {row.device_id: row.sent_ms for row in known.rows}
    for device_id in plan.settled:
        tx.radio.asked(device_id, None, sent_ms[device_id] or now_ms, "")
    for ask in plan.asks:
        tx.radio.asked(ask.device_id, ask.interval_s, now_ms, ask.why)
        tx.events.append(_event_of(ask, now_ms))
        _send(tx, known.registry, ask, now_ms)


def _send(tx: Tx, registry: Registry, ask: Ask, now_ms: int) -> None:
    model = MODELS[registry.devices[ask.device_id].model]
    assert model.encode_interval is not None
    f_port, payload = model.encode_interval(ask.interval_s)
    # An older request that has not left yet would only come too late.
    tx.outbox.withdraw(CHANNEL, topic(ask.application, ask.device_id))
    key = f"storm:{ask.device_id}:{now_ms}"
    tx.outbox.put(to_device(ask.application, ask.device_id, f_port, payload, key=key, now_ms=now_ms))


def _event_of(ask: Ask, now_ms: int) -> Event:
    return Event(
        at_ms=now_ms,
        what="interval_asked",
        actor="kenh",
        site_id=ask.site_id,
        data={
            "device_id": ask.device_id,
            "interval_s": ask.interval_s,
            "why": str(ask.why),
            "attempt": ask.attempt,
            "reason_vi": ask.reason_vi,
            "reason_en": ask.reason_en,
        },
    )


def _sensors(known: _Known, measured: _Measured, now_ms: int) -> Iterable[Sensor]:
    """Devices that take an interval and can be reached: level sensors on water, and all still asked."""
    low = {each.site_id for each in known.findings if each.kind is FindingKind.BATTERY_LOW}
    for row in known.rows:
        device = known.registry.devices.get(row.device_id)
        model = MODELS.get(device.model) if device else None
        if device is None or model is None or not is_reachable(row.application, row.device_id):
            continue
        usual_s = device.expected_interval_s or model.interval_s
        site_id, on_water = _place(known.registry, device, model, now_ms)
        if not _takes(model, usual_s) or not (on_water or row.reason):
            continue
        yield Sensor(
            device_id=row.device_id,
            application=row.application,
            site_id=site_id,
            usual_s=usual_s,
            heard_ms=row.heard_ms,
            spreading_factor=row.spreading_factor,
            on_water=on_water,
            battery_pct=measured.battery_pct.get(row.device_id),
            battery_low=site_id in low,
            observed_s=measured.observed_s.get(row.device_id),
            wanted_s=row.wanted_interval_s,
            sent_ms=row.sent_ms,
            why=row.reason,
        )


def _place(registry: Registry, device: Device, model: Model, now_ms: int) -> tuple[str, bool]:
    """Where it hangs, and whether it measures a level there where water runs."""
    mounting = registry.mounting_at(device.id, now_ms)
    site = registry.sites.get(mounting.site_id) if mounting else None
    if site is None:
        return "", False
    return site.id, site.kind in WATER_KINDS and not _LEVELS.isdisjoint(model.quantities)


def _takes(model: Model, usual_s: int) -> bool:
    """Can it be told its usual interval? Nothing may be asked that cannot be taken back."""
    if model.encode_interval is None:
        return False
    try:
        model.encode_interval(usual_s)
    except ValueError:
        return False
    return True


def _write(weather: Weather) -> str:
    return orjson.dumps({**asdict(weather), "tries": dict(weather.tries)}).decode()


def _read(text: str | None) -> Weather:
    """What was remembered; what another version wrote and cannot be read is a calm day."""
    try:
        return Weather(**orjson.loads(text or "{}"))
    except (TypeError, ValueError):
        return Weather()
