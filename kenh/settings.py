"""Settings: one frozen tree, built once by the command line; parts receive the values they need.

Order of precedence: command line, environment (`KENH_HTTP__PORT`, two underscores between levels),
`kenh.toml` in the data folder, defaults. Every default is sane on a laptop.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Group(BaseModel):
    """A nested group: frozen, and a misspelt setting is an error rather than silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MqttSettings(Group):
    """The broker. Without a `url`, `kenh up` starts one of its own."""

    url: str = Field(
        default="", description="mqtt://host:port of a broker that already runs; empty: start one"
    )
    username: str = Field(default="", description="user name at that broker")
    password: SecretStr = Field(default=SecretStr(""), description="password at that broker")
    broker: Literal["auto", "mosquitto", "amqtt"] = Field(
        default="auto", description="which broker `kenh up` starts; auto: mosquitto where there is one"
    )
    client_id: str = Field(
        default="kenh-ingest", description="MQTT client id; its session outlives our restarts"
    )
    ca_file: str = Field(
        default="", description="CA that signed the broker's certificate (PEM); empty: the system's"
    )
    cert_file: str = Field(default="", description="our own certificate, where the broker asks for one (PEM)")
    key_file: str = Field(default="", description="the key of our certificate (PEM, without a passphrase)")


class IngestSettings(Group):
    """The way in."""

    window: int = Field(
        default=2000, ge=20, le=65535, description="MQTT 5 receive maximum: uplinks in flight"
    )
    shared_group: str = Field(
        default="",
        pattern="^[A-Za-z0-9_-]{0,64}$",
        description="several workers share the uplinks under this name, each with its own client id and data",
    )
    topics: str = Field(
        default="",
        description="more topics, comma-separated: FILTER or FILTER=own|senml|tasmota|esphome|plain|value",
    )
    discovery: str = Field(
        default="",
        description="prefix under which sensors announce themselves, such as homeassistant; empty: not heard",
    )
    time_zone: str = Field(
        default="Asia/Ho_Chi_Minh", description="where devices live that write times without a zone"
    )
    codec_workers: int = Field(
        default=1, ge=1, le=16, description="processes that run the codecs in DATA/codecs"
    )
    journal_keep_mb: int = Field(default=1024, ge=16, description="raw uplinks kept for replay, in MB")
    journal_limit_mb: int = Field(
        default=8192, ge=0, description="the journal's size at most, in MB; 0: as far as the disk goes"
    )
    journal_when_full: Literal["refuse", "drop_oldest"] = Field(
        default="refuse",
        description="full of uplinks not stored yet: refuse new ones (the broker keeps them) or drop_oldest",
    )


class HttpSettings(Group):
    """The API and the board."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on")


class StoreSettings(Group):
    """Where things are kept. Empty: SQLite files in the data folder."""

    readings_url: str = Field(default="", description="readings store; empty: DATA/readings.db")
    state_url: str = Field(default="", description="SQLAlchemy URL of the state; empty: DATA/state.db")


class WatchSettings(Group):
    """The watch loop."""

    tick_s: float = Field(default=1.0, gt=0, description="how often new readings are looked at")
    snapshot_every_s: float = Field(
        default=120.0, gt=0, description="how often the state of analytics is saved"
    )


class StormSettings(Group):
    """Storm mode: level sensors report more often while it rains, where ChirpStack takes downlinks."""

    enabled: bool = Field(default=False, description="ask level sensors to report more often in storms")
    start_mm_per_h: float = Field(
        default=10.0, gt=0, description="rain over a quarter of an hour, at any gauge, that begins a storm"
    )
    interval_s: int = Field(
        default=300, ge=60, le=3600, description="how often they report in a storm, if the airtime allows it"
    )
    calm_min: int = Field(
        default=60, ge=10, le=1440, description="calm minutes after which they report as usual again"
    )
    airtime_share_pct: float = Field(
        default=1.0, gt=0, le=10, description="share of the time a device may be on the air, in percent"
    )
    downlinks_per_min: int = Field(
        default=10, ge=1, le=60, description="messages to devices in a minute, at most"
    )
    dwell_time: bool = Field(
        default=False, description="the network limits frames to 400 ms: leave SF11 and SF12 alone"
    )


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="KENH_", env_nested_delimiter="__", frozen=True, extra="ignore", validate_default=True
    )

    data: Path = Field(default=Path("data"), description="the data folder")
    commune_id: str = Field(default="bat-trang", description="the commune this installation serves")
    commune_name: str = Field(default="Xã Bát Tràng", description="its name on the board, in Vietnamese")
    commune_name_en: str = Field(default="Bát Tràng commune", description="its name in English")
    public_url: str = Field(default="", description="base of links in messages, as people reach this server")
    mqtt: MqttSettings = MqttSettings()
    ingest: IngestSettings = IngestSettings()
    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    watch: WatchSettings = WatchSettings()
    storm: StormSettings = StormSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then kenh.toml."""
        data = Path(init_settings().get("data") or env_settings().get("data") or "data")
        toml = TomlConfigSettingsSource(settings_cls, data / "kenh.toml")
        return (init_settings, env_settings, toml)


def load(**given: Any) -> Settings:
    """The settings, with what the command line gave (None: not given) on top."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


def leaves(settings: Settings) -> list[tuple[str, str, str]]:
    """(name, value, description) of every setting, secrets masked, for `kenh config` and the docs test."""
    rows: list[tuple[str, str, str]] = []
    _walk(settings, "", rows)
    return rows


def _walk(group: BaseModel, prefix: str, rows: list[tuple[str, str, str]]) -> None:
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            _walk(value, f"{prefix}{name}.", rows)
        else:
            rows.append((prefix + name, str(value), field.description or ""))
