"""The composition root: the only module that names concrete classes, reads the clock, and knows everything.

It is long, flat and in start-up order on purpose: reading `App.start` from top to bottom is reading what
the service consists of. Every resource pushes its own shutdown onto a stack as soon as it exists.
"""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from ipaddress import ip_address
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerts.answers import parse as parse_answer
from alerts.channels.downlink import DownlinkChannel
from alerts.channels.mqtt import MqttChannel
from alerts.channels.port import Channel
from alerts.crew_link import CrewLink
from alerts.outbox import OutboxWorker
from analytics.settings import AnalyticsSettings
from api.app import create_app
from api.ports import ApiPorts
from desk import keys
from desk.answers import answer
from desk.carrying import tell_again
from desk.context import Desk
from desk.errors import DeskError
from desk.housekeeping import tidy
from desk.storm import StormWatch
from desk.timers import tick
from desk.uplinks import UplinkBook
from devices.uplinks import Rejected
from dispatch import downlinks
from dispatch.storm import StormRules
from ingest.codecs import CodecLibrary, CodecPool, CodecRequest
from ingest.counters import IngestCounters
from ingest.errors import JournalError
from ingest.journal import Journal
from ingest.pipeline import Pipeline
from ingest.probing import Probe, probe
from ingest.receiver import Receiver, ReceiverSettings
from kenh import data_folder, ports
from kenh.broker import credentials
from kenh.broker.address import BrokerAddress, parse
from kenh.broker.supervised import BrokerError, SupervisedBroker, await_predecessor
from kenh.broker.tls import tls_context
from kenh.connection_file import ConnectionFile, known_admin_key
from kenh.demo.running import DemoRun
from kenh.demo.story import is_dry_season
from kenh.errors import StartError
from kenh.health import HealthCheck
from kenh.inbox import Inbox
from kenh.ingest_sink import StateSink
from kenh.listening import Listening
from kenh.metrics import KenhCollector
from kenh.outages import Outages
from kenh.registry_cache import RegistryCache
from kenh.serving import Serving
from kenh.settings import Settings
from kenh.watching import WatchLoop, WatchPorts
from storage.errors import StorageError
from storage.sqlite.feed import SqliteFeed
from storage.sqlite.readings import SqliteReadings
from storage.state import State, sqlite_url

#: A clock before this was never set: nothing in Kênh is older.
SANE_CLOCK_MS = 1_767_225_600_000
TIDY_EVERY_MS = 3_600_000
#: How long the broker keeps our session while we are away.
SESSION_S = 7 * 86_400
SHARED_SESSION_S = 300


def wall_clock_ms() -> int:
    """The one clock: UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Start:
    """What to start. `host`, `port` and `mqtt_port` are None unless somebody asked for them by name."""

    parts: frozenset[str]
    demo: bool | None = None
    host: str | None = None
    port: int | None = None
    mqtt_port: int | None = None
    own_broker: bool = False


def open_state(settings: Settings) -> State:
    """The state of this installation, migrated."""
    state = State(settings.store.state_url or sqlite_url(settings.data / "state.db"))
    try:
        state.migrate()
    except StorageError:
        state.close()
        raise
    return state


class App:
    """The running service. `start` once, `stop` once; `report` hears progress for people."""

    def __init__(
        self,
        settings: Settings,
        start: Start,
        report: Callable[[str], None],
        clock: Callable[[], int] = wall_clock_ms,
    ) -> None:
        self._settings = settings
        self._start = start
        self._report = report
        self._clock = clock
        self._stopping = threading.Event()
        self._wake_outbox = threading.Event()
        self._stack = ExitStack()
        self._watch: WatchLoop | None = None
        self._broker_kind = ""
        self._gauges: dict[str, Callable[[], Mapping[str, float]]] = {}
        self.http_url = ""
        self.connection: ConnectionFile | None = None

    def start(self, interrupted: threading.Event) -> None:
        """Start every part in order; returns when all run, or early if `interrupted`.

        Raises:
            StartError: with a sentence for people; call `stop` to let go of what did start.
        """
        settings, parts, data = self._settings, self._start.parts, self._settings.data
        self._warn_about_clock()

        # The data folder, the state, and what it holds.
        data_folder.create(data)
        for held in data_folder.lock(data, parts):
            self._stack.callback(held.close)
        state = self._opened_state()
        demo = self._is_demo(state)
        cache = RegistryCache(state, self._clock)

        # The broker: given, or our own child.
        broker = self._broker(data)

        # Where readings are kept, and the feed beside them.
        readings = SqliteReadings(self._readings_path())
        self._stack.callback(readings.close)
        feed = SqliteFeed(self._readings_path())
        self._stack.callback(feed.close)

        # HTTP first, so that people see the service while the rest comes up.
        desk = Desk(state, demo=demo, public_url=settings.public_url)
        counters = IngestCounters() if "ingest" in parts else None
        health = HealthCheck(data, counters, self._clock)
        listening = self._listening(state)
        inbox = Inbox(self._clock)
        codecs = self._codecs(data)
        demo_run = DemoRun(desk, self._clock) if demo else None
        if "serve" in parts:
            metrics = CollectorRegistry()
            metrics.register(KenhCollector(state, counters, self._watch_position, self._gauges))
            self._serve(
                ApiPorts(
                    state=state,
                    readings=readings,
                    feed=feed,
                    parse=listening.parse,
                    take_uplinks=inbox.take if counters is not None else None,
                    recent_uplinks=inbox.recent if counters is not None else None,
                    codecs=codecs.names,
                    decode=lambda model, payload, f_port: codecs.decode(
                        [CodecRequest(model, payload, f_port, self._clock())]
                    )[0],
                    commune_id=settings.commune_id,
                    clock=self._clock,
                    version=installed_version("kenh"),
                    demo=demo,
                    anonymous_viewer=demo and _is_loopback(self._host()),
                    public_url=settings.public_url,
                    band=lambda site, channel: self._watch.band(site, channel) if self._watch else None,
                    health=health.now,
                    metrics_registry=metrics,
                    map_lines=demo_run.map_lines if demo_run else (),
                    place_vi=settings.commune_name,
                    place_en=settings.commune_name_en,
                    rainy_scenario=demo and is_dry_season(self._clock()),
                    stopping=self._stopping.is_set,
                )
            )

        # The demo commune and its two weeks of history, on the first start.
        if demo_run and self._start.own_broker:
            demo_run.prepare(readings, feed, self._report, interrupted)
        if interrupted.is_set():
            return

        # Ingest: receive -> journal -> decode -> normalise -> write.
        if counters is not None:
            journal = self._journal(data)
            inbox.open(journal)
            self._gauges |= {"journal": lambda: journal.room().figures(), "codecs": codecs.counters.snapshot}
            pipeline = Pipeline(
                journal,
                readings,
                feed,
                cache.current,
                StateSink(UplinkBook(state), lambda sensors: listening.discovered(sensors, self._clock())),
                self._clock,
                counters=counters,
                parse=listening.parse,
                codecs=codecs,
            )
            self._thread("ingest", lambda: pipeline.run(self._stopping))
            self._meet(broker)
            receiver = Receiver(
                _receiver_settings(broker, settings, listening, version5=self._broker_kind != "amqtt"),
                on_batch=journal.append,
                clock=self._clock,
                counters=counters,
            )
            listening.on_change(lambda filters: receiver.listen_to(_shared(filters, settings)))
            receiver.start()
            self._stack.callback(receiver.stop)
            health.watch_ingest(receiver.problem, pipeline.problem, journal.room)
            outages = Outages(state, counters, self._clock)
            self._thread("outages", lambda: self._tell_of(outages))

        # Watch: feed -> analytics -> findings -> work orders; and what time itself changes.
        if "watch" in parts:
            ports_of_watch = WatchPorts(
                state=state,
                readings=readings,
                feed=feed,
                desk=desk,
                registry=cache,
                clock=self._clock,
                settings=AnalyticsSettings(),
                snapshot_every_ms=int(settings.watch.snapshot_every_s * 1000),
            )
            self._watch = loop = WatchLoop(ports_of_watch)
            self._thread("watch", lambda: loop.run(self._stopping, settings.watch.tick_s))
            # Switched off, it still sets back devices that were asked to report faster before.
            storm = StormWatch(state, readings, _storm_rules(settings))
            self._thread("timers", lambda: self._run_timers(desk, storm))

        # Alerts: outbox -> crews, and their answers back.
        if "alert" in parts:
            link = CrewLink(
                broker.host,
                broker.port,
                username=broker.username,
                password=broker.password,
                client_id=f"{settings.mqtt.client_id}-crews",
                tls=_tls(broker, settings),
                on_answer=lambda topic, body: self._answered(desk, topic, body),
            )
            link.start()
            self._stack.callback(link.stop)
            if self._broker_kind == "amqtt":  # it forgets what is retained when it stops
                tell_again(desk, self._clock())
            # Downlinks have their channel even if storm mode is off: some may wait from before.
            channels: dict[str, Channel] = {
                "mqtt": MqttChannel(link),
                downlinks.CHANNEL: DownlinkChannel(link),
            }
            worker = OutboxWorker(state, channels, self._clock)
            self._thread("outbox", lambda: worker.run(self._stopping, self._wake_outbox))
            health.watch_link(link)

        # The simulated fleet, publishing like real devices.
        if demo_run and self._start.own_broker:
            users = credentials.load_or_create(data / "broker")
            as_fleet = BrokerAddress(broker.host, broker.port, "demo", users["demo"])
            if settings.mqtt.url:
                as_fleet = broker
            self._thread("demo", lambda: demo_run.play(as_fleet, self._stopping))

        self._introduce(state, broker, data)

    def stop(self) -> None:
        """Stop everything, last started first."""
        self._stopping.set()
        self._wake_outbox.set()
        self._stack.close()

    def _warn_about_clock(self) -> None:
        if self._clock() < SANE_CLOCK_MS:
            self._report("Warning: this machine's clock is not set; times will be wrong until it is.")

    def _opened_state(self) -> State:
        try:
            state = open_state(self._settings)
        except (StorageError, OSError) as error:
            raise StartError(f"the state cannot be opened: {error}") from error
        self._stack.callback(state.close)
        return state

    def _is_demo(self, state: State) -> bool:
        """Only `kenh up` decides what an empty folder becomes; the parts take it as it is."""
        if self._start.own_broker:
            return data_folder.settle_mode(state, self._start.demo) == data_folder.DEMO
        with state.snapshot() as tx:
            return tx.meta.get(data_folder.MODE) == data_folder.DEMO

    def _readings_path(self) -> Path:
        if self._settings.store.readings_url:
            raise StartError("KENH_STORE__READINGS_URL: only SQLite in the data folder is supported yet")
        return self._settings.data / "readings.db"

    def _broker(self, data: Path) -> BrokerAddress:
        mqtt = self._settings.mqtt
        if mqtt.url:
            return parse(mqtt.url, mqtt.username, mqtt.password.get_secret_value())
        if not self._start.own_broker:
            if self._start.parts == {"serve"} or self._start.parts == {"watch"}:
                return BrokerAddress("127.0.0.1", 1883)
            raise StartError("no broker is named; set KENH_MQTT__URL (only `kenh up` starts one of its own)")
        await_predecessor(data / "broker")
        users = credentials.load_or_create(data / "broker")
        port = self._mqtt_port()
        try:
            broker = SupervisedBroker(data / "broker", "127.0.0.1", port, users, mqtt.broker)
            self._report(f"Starting the broker ({broker.kind}) on 127.0.0.1:{port} ...")
            self._stack.callback(broker.stop)
            self._broker_kind = broker.kind
            broker.start()
        except BrokerError as error:
            raise StartError(str(error)) from error
        return BrokerAddress("127.0.0.1", port, "kenh", users["kenh"])

    def _mqtt_port(self) -> int:
        asked = self._start.mqtt_port
        if asked is not None:
            if not ports.is_free("127.0.0.1", asked):
                raise StartError(f"MQTT port {asked} is taken by another program; give another --mqtt-port")
            return asked
        try:
            port = ports.free_from("127.0.0.1", 1883)
        except ports.PortTakenError as error:
            raise StartError(str(error)) from error
        if port != 1883:
            self._report(f"MQTT port 1883 is taken; using {port}.")
        return port

    def _host(self) -> str:
        return self._start.host or self._settings.http.host

    def _serve(self, api_ports: ApiPorts) -> None:
        host, wanted = self._host(), self._start.port
        first = self._settings.http.port if wanted is None else wanted
        try:
            bound = ports.bind(host, first) if wanted is not None else ports.bind_from(host, first)
        except ports.PortTakenError as error:
            raise StartError(f"{error}; give another --port") from error
        except OSError as error:
            raise StartError(f"cannot listen on {host}:{first}: {error}") from error
        port = int(bound.getsockname()[1])
        if wanted is None and port != first:
            self._report(f"Port {first} is taken; using {port}.")
        serving = Serving(create_app(api_ports), bound)
        self._stack.callback(serving.stop)
        serving.start()
        shown = f"[{host}]" if ":" in host else host
        self.http_url = f"http://{shown}:{port}"
        self._report(f"The board answers on {self.http_url}; the rest is coming up ...")

    def _journal(self, data: Path) -> Journal:
        try:
            asked = self._settings.ingest
            journal = Journal(
                data / "journal",
                keep_bytes=asked.journal_keep_mb << 20,
                limit_bytes=asked.journal_limit_mb << 20 or None,
                when_full=asked.journal_when_full,
            )
        except JournalError as error:
            raise StartError(f"the journal cannot be opened: {error}") from error
        self._stack.callback(journal.close)
        return journal

    def _listening(self, state: State) -> Listening:
        asked = self._settings.ingest
        try:
            return Listening(state, asked.topics, asked.discovery, asked.time_zone)
        except ValueError as error:
            raise StartError(f"KENH_INGEST__TOPICS, __DISCOVERY or __TIME_ZONE: {error}") from error

    def _codecs(self, data: Path) -> CodecPool:
        """Users' codecs; those being checked run in a pool of their own, to be stopped without harm."""
        checks = CodecPool(dict)
        self._stack.callback(checks.close)
        library = CodecLibrary(data / "codecs", checks.run)
        pool = CodecPool(library.codecs, workers=self._settings.ingest.codec_workers)
        self._stack.callback(pool.close)
        return pool

    def _thread(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()

        def finish() -> None:
            self._stopping.set()
            thread.join(15)

        self._stack.callback(finish)

    def _run_timers(self, desk: Desk, storm: StormWatch) -> None:
        tidied_ms = 0
        while not self._stopping.wait(1.0):
            now = self._clock()
            try:
                tick(desk, now)
                if storm.tick(now):
                    self._wake_outbox.set()
                if now - tidied_ms > TIDY_EVERY_MS:
                    tidy(desk, now)
                    tidied_ms = now
            except StorageError as error:
                self._report(f"Timers wait for the state: {error}")

    def _meet(self, broker: BrokerAddress) -> None:
        """Try the broker out: what one grants and what it does are two things. Our own child we know."""
        if self._settings.ingest.shared_group:
            found = self._tried_out(broker)
            if not found.shared_ok:
                why = "; ".join(found.problems) or "the trial gave no answer"
                message = f"KENH_INGEST__SHARED_GROUP: this broker does not share subscriptions: {why}"
                raise StartError(message)
        elif self._settings.mqtt.url:
            self._thread("probe", lambda: self._tell_problems(broker))

    def _tell_problems(self, broker: BrokerAddress) -> None:
        for problem in self._tried_out(broker).problems:
            self._report(f"The broker: {problem}")

    def _tried_out(self, broker: BrokerAddress) -> Probe:
        tls = _tls(broker, self._settings)
        return probe(broker.host, broker.port, broker.username, broker.password, tls=tls)

    def _tell_of(self, outages: Outages) -> None:
        while not self._stopping.wait(10.0):
            try:
                told = outages.told()
            except StorageError:
                continue  # said by those who write; asked again in a moment
            if told:
                self._report(told)

    def _answered(self, desk: Desk, topic: str, body: bytes) -> None:
        said = parse_answer(topic, body)
        if isinstance(said, Rejected):
            self._report(f"A crew's answer on {topic} was not understood: {said.detail}")
            return
        crew_id, order_id, last_answer = said
        try:
            answer(desk, order_id, crew_id, last_answer, self._clock())
        except DeskError as error:
            self._report(f"A crew's answer on {topic} was refused: {error}")
        self._wake_outbox.set()

    def _watch_position(self) -> int:
        return self._watch.position if self._watch else 0

    def _introduce(self, state: State, broker: BrokerAddress, data: Path) -> None:
        """Write connection.json and say where everything is."""
        if not self.http_url or not self._start.own_broker:
            self._report("Running.")
            return
        now = self._clock()
        admin_key = known_admin_key(data)
        known = keys.check(state, admin_key, now)
        if known is None or known.scope != keys.Scope.ADMIN:
            admin_key = keys.create(state, keys.Scope.ADMIN, "made by kenh up", now)
        known = keys.check(state, admin_key, now)
        assert known is not None
        local = credentials.load_or_create(data / "broker")["local"]
        own = not self._settings.mqtt.url
        self.connection = ConnectionFile(
            http_url=self.http_url,
            mqtt_url=broker.url,
            mqtt_username="local" if own else broker.username,
            mqtt_password=local if own else broker.password,
            admin_key=admin_key,
        )
        self.connection.save(data)
        token = keys.sign_in_token(state, known.id, now)
        self._report(f"Board and API:  {self.http_url}  (API docs: {self.http_url}/docs)")
        self._report(f"Sign in:        {self.http_url}/sign-in?token={token}  (works once, for a day)")
        self._report(f"MQTT:           {broker.url}  (user and password: {data / 'connection.json'})")
        self._report("Ctrl-C stops everything.")


def _receiver_settings(
    broker: BrokerAddress, settings: Settings, listening: Listening, *, version5: bool
) -> ReceiverSettings:
    return ReceiverSettings(
        host=broker.host,
        port=broker.port,
        username=broker.username,
        password=broker.password,
        tls=_tls(broker, settings),
        client_id=settings.mqtt.client_id,
        receive_maximum=settings.ingest.window,
        version5=version5,
        filters=_shared(listening.filters, settings),
        # A member that is away would be sent its share for as long as its session is kept.
        session_expiry_s=SHARED_SESSION_S if settings.ingest.shared_group else SESSION_S,
    )


def _shared(filters: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    group = settings.ingest.shared_group
    return tuple(f"$share/{group}/{one}" for one in filters) if group else filters


def _storm_rules(settings: Settings) -> StormRules:
    asked = settings.storm
    return StormRules(
        enabled=asked.enabled,
        start_mm_per_h=asked.start_mm_per_h,
        interval_s=asked.interval_s,
        calm_ms=asked.calm_min * 60_000,
        airtime_share=asked.airtime_share_pct / 100,
        downlinks_per_min=asked.downlinks_per_min,
        dwell_time=asked.dwell_time,
    )


def _tls(broker: BrokerAddress, settings: Settings) -> ssl.SSLContext | None:
    mqtt = settings.mqtt
    return tls_context(mqtt.ca_file, mqtt.cert_file, mqtt.key_file) if broker.tls else None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
