"""The tables of the state, as SQLAlchemy Core. Changing one needs a migration; a test compares the two.

Times are epoch milliseconds, texts are empty rather than NULL, and JSON is text, so that SQLite and
PostgreSQL hold the same.
"""

from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)

#: Named constraints, so that a later migration can find them on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Json(TypeDecorator[Any]):
    """A JSON value kept as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """To the database."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """From the database."""
        return None if value is None else orjson.loads(value)


#: A number the database counts up. SQLite only counts columns that are called INTEGER.
Counter = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _ms(name: str, *, known: bool = True) -> Column[Any]:
    return Column(name, BigInteger, nullable=not known)


def _number(name: str) -> Column[Any]:
    return Column(name, Double, nullable=True)


def _id(name: str = "id") -> Column[str]:
    return Column(name, Text, primary_key=True)


def _json(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False)


clusters = Table("clusters", metadata, _id(), _text("name"))

villages = Table("villages", metadata, _id(), _text("name"), _text("cluster_id"))

sites = Table(
    "sites",
    metadata,
    _id(),
    _text("kind"),
    _text("name"),
    _text("name_en"),
    _text("village_id"),
    _number("lat"),
    _number("lon"),
    _json("downstream"),
    Column("section", Text),
    _number("width_m"),
    _number("height_m"),
    _number("invert_m"),
    _number("ground_m"),
    Column("report_interval_s", Integer),
    _text("side"),
    _text("route"),
    _text("commune_id"),
)

devices = Table(
    "devices",
    metadata,
    _id(),
    _text("model"),
    _text("name"),
    Column("expected_interval_s", Integer),
    Column("clock", Text, nullable=False, server_default="device"),
    Column("max_skew_s", Integer, nullable=False, server_default="300"),
)

mountings = Table(
    "mountings",
    metadata,
    # Checked at commit: an import may bring devices and their places in any order.
    Column(
        "device_id",
        Text,
        ForeignKey("devices.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("from_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("to_ms", BigInteger),
    Column("site_id", Text, ForeignKey("sites.id", deferrable=True, initially="DEFERRED"), nullable=False),
    _text("channel"),
    _json("geometry"),
    Column("calibrations", Json, nullable=False, server_default="[]"),
    Index("ix_mountings_site_id_channel", "site_id", "channel"),
)

gateways = Table("gateways", metadata, _id(), _text("name"), _number("lat"), _number("lon"))

crews = Table(
    "crews",
    metadata,
    _id(),
    _text("name"),
    _text("name_en"),
    _json("kinds"),
    _json("villages"),
    _json("clusters"),
    _text("side"),
    _text("phone"),
)

#: One row (id 1): grows with every change of what stands in the commune.
registry_version = Table(
    "registry_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    _id(),
    _text("site_id"),
    _text("kind"),
    _text("severity"),
    _ms("opened_ms"),
    _ms("updated_ms"),
    Column("confidence", Double, nullable=False),
    _ms("closed_ms", known=False),
    _text("channel"),
    _text("conduit_from"),
    _text("conduit_to"),
    _json("evidence"),
    _json("facts"),
    Index("ix_findings_opened_ms_id", "opened_ms", "id"),
    Index("ix_findings_site_id_opened_ms", "site_id", "opened_ms"),
    Index(
        "ix_findings_open",
        "opened_ms",
        sqlite_where=text("closed_ms IS NULL"),
        postgresql_where=text("closed_ms IS NULL"),
    ),
)

_LIVE = text("live = 1")

orders = Table(
    "orders",
    metadata,
    _id(),
    _text("site_id"),
    _text("kind"),
    _text("severity"),
    _text("state"),
    _text("finding_id"),
    _ms("opened_ms"),
    _ms("updated_ms"),
    Column("revision", Integer, nullable=False),
    _text("crew_id"),
    Column("confidence", Double, nullable=False),
    _text("sentence_vi"),
    _text("sentence_en"),
    _ms("acknowledged_ms", known=False),
    _ms("accepted_ms", known=False),
    _ms("on_site_ms", known=False),
    _ms("done_ms", known=False),
    _ms("cleared_ms", known=False),
    _ms("closed_ms", known=False),
    _text("close_reason"),
    Column("last_answer", Json),
    # 1 or 0, from `WorkOrder.is_live`: what the index below and the queue need to know of the state.
    Column("live", Integer, nullable=False),
    Index("ix_orders_opened_ms_id", "opened_ms", "id"),
    Index("ix_orders_site_id_kind_opened_ms", "site_id", "kind", "opened_ms"),
    Index("ix_orders_finding_id", "finding_id"),
    # At most one live order for a site and kind, whatever the code above thinks.
    Index(
        "uq_orders_live_site_id_kind",
        "site_id",
        "kind",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
)

events = Table(
    "events",
    metadata,
    Column("seq", Counter, primary_key=True),
    _ms("at_ms"),
    _text("what"),
    _text("actor"),
    _text("order_id"),
    _text("finding_id"),
    _text("site_id"),
    _json("data"),
    Index("ix_events_order_id_seq", "order_id", "seq"),
    sqlite_autoincrement=True,
)

_UNSETTLED = text("settled_ms IS NULL")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    _text("channel"),
    _text("target"),
    Column("body", LargeBinary, nullable=False),
    _ms("due_ms"),
    _text("order_id"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _text("last_error"),
    # NULL while the message waits; when it was sent or given up.
    _ms("settled_ms", known=False),
    Column("delivered", Integer, nullable=False, server_default="0"),
    Index(
        "ix_outbox_waiting", "channel", "target", "id", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    ),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    Column("secret_sha256", Text, nullable=False),
    _text("scope"),
    _text("village_id"),
    _text("label"),
    _ms("created_ms"),
    _ms("expires_ms", known=False),
    _ms("revoked_ms", known=False),
)

sessions = Table(
    "sessions",
    metadata,
    _id("token_sha256"),
    Column("key_id", Text, ForeignKey("api_keys.id"), nullable=False),
    _ms("expires_ms"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    _id("token_sha256"),
    Column("key_id", Text, ForeignKey("api_keys.id"), nullable=False),
    _ms("expires_ms"),
)

rejects = Table(
    "rejects",
    metadata,
    Column("id", Counter, primary_key=True),
    _ms("received_ms"),
    _text("topic"),
    _text("device_id"),
    _text("reason"),
    _text("detail"),
    Column("payload", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    _id("device_id"),
    _ms("first_ms"),
    _ms("last_ms"),
    Column("count", Integer, nullable=False),
    _text("topic"),
    Column("payload", LargeBinary, nullable=False),
    _text("name"),
    _text("model_hint"),
)

devices_seen = Table("devices_seen", metadata, _id("device_id"), _ms("last_ms"))

gateways_seen = Table("gateways_seen", metadata, _id("gateway_id"), _ms("last_ms"))

#: Which gateway hears which device, and when it last did.
links_seen = Table("links_seen", metadata, _id("device_id"), _id("gateway_id"), _ms("last_ms"))

#: Which frames of a device arrived: 32 of one session are the bits of a row. An empty gateway stands for any.
frames = Table(
    "frames",
    metadata,
    _id("device_id"),
    _id("session"),
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    _id("gateway_id"),
    Column("seen", BigInteger, nullable=False),
    _ms("first_ms"),
    _ms("last_ms"),
    Index("ix_frames_last_ms", "last_ms"),
)

#: What Home Assistant discovery told of: a sensor, and the topic its state comes on.
discoveries = Table(
    "discoveries",
    metadata,
    _id("config_topic"),
    _text("device_id"),
    _text("state_topic"),
    _json("body"),
    _ms("seen_ms"),
)

#: How each device talks by radio: what is needed to send it something, and the interval asked of it.
device_radio = Table(
    "device_radio",
    metadata,
    _id("device_id"),
    _text("application"),
    Column("spreading_factor", Integer),
    _ms("heard_ms"),
    Column("wanted_interval_s", Integer),
    _ms("sent_ms", known=False),
    _text("reason"),
)

#: One row (id 1): how far the watch has read, and what it knew then.
watch = Table(
    "watch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("feed_seq", BigInteger, nullable=False),
    _ms("at_ms"),
    _text("version"),
    Column("snapshot", LargeBinary, nullable=False),
)

meta = Table("meta", metadata, _id("name"), _text("value"))

leases = Table("leases", metadata, _id("name"), _text("holder"), _ms("expires_ms"))
