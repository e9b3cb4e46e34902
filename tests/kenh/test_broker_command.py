"""`kenh broker config|acl`: the files, what is said about them, and what a second run leaves alone."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kenh.cli import cli

SITES = "site_id,kind,name\nd1,drain,Cống\n"
DEVICES = "device_id,site_id,expected_interval_s\neui-1,d1,60\n"
CREWS = "crew_id,name\nnorth,Đội Bắc\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for kind, text in (("sites", SITES), ("devices", DEVICES), ("crews", CREWS)):
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        done = run(kind, "import", str(tmp_path / f"{kind}.csv"), data=tmp_path / "data")
        assert done.exit_code == 0, done.stderr
    return tmp_path / "data"


def run(*words: str, data: Path) -> Result:
    return CliRunner().invoke(cli, [*words, "--data", str(data)])


def broker(*words: str, data: Path) -> Result:
    return run("broker", *words, data=data)


def test_config_writes_files_that_only_we_may_read_and_says_what_is_in_them(data: Path) -> None:
    done = broker("config", data=data)
    assert done.exit_code == 0, done.stderr
    folder = data / "mosquitto"
    names = ["mosquitto.conf", "kenh.env", "acl", "passwords-services", "passwords-field", "credentials.csv"]
    assert done.stdout.splitlines()[:6] == [str(folder / name) for name in names]
    assert "users: 3 services, 1 crews, 1 devices; 5 added, 0 removed" in done.stdout
    assert "1 devices every 60 s send 4320 in 72 h" in done.stdout
    assert {path.name for path in folder.iterdir()} == set(names)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_no_secret_is_printed_or_readable_where_the_broker_reads(data: Path) -> None:
    done = broker("config", data=data)
    rows = (data / "mosquitto" / "credentials.csv").read_text(encoding="utf-8").splitlines()[1:]
    secrets = [row.split(",")[1] for row in rows]
    public = [data / "mosquitto" / name for name in ("mosquitto.conf", "acl", "passwords-field")]
    texts = [done.stdout, done.stderr, *(path.read_text(encoding="utf-8") for path in public)]
    assert len(secrets) == 5
    assert not any(secret in text for secret in secrets for text in texts)


def test_a_second_run_changes_nothing(data: Path) -> None:
    def contents() -> dict[str, tuple[bytes, int]]:
        folder = data / "mosquitto"
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}

    broker("config", data=data)
    before = contents()
    assert broker("config", data=data).exit_code == 0
    again = broker("acl", data=data)
    assert "0 added, 0 removed" in again.stdout
    assert "HUP" not in again.stderr
    assert contents() == before


def test_acl_takes_in_who_came_and_names_who_left(data: Path, tmp_path: Path) -> None:
    broker("config", data=data)
    (tmp_path / "crews.csv").write_text("crew_id,name\nsouth,Đội Nam\n", encoding="utf-8")
    assert run("crews", "import", str(tmp_path / "crews.csv"), data=data).exit_code == 0
    assert run("devices", "retire", "eui-1", data=data).exit_code == 0
    done = broker("acl", data=data)
    assert done.exit_code == 0
    assert "1 added, 1 removed" in done.stdout
    assert "added: south (crew south)" in done.stderr
    assert "removed: eui-1 (device eui-1)" in done.stderr
    assert "HUP" in done.stderr
    assert "user eui-1" not in (data / "mosquitto" / "acl").read_text(encoding="utf-8")


def test_topics_of_the_operators_own_are_opened_for_the_devices_they_name(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENH_INGEST__TOPICS", "waste/{device}/up, gauges/senml=senml")
    broker("acl", data=data)
    rules = (data / "mosquitto" / "acl").read_text(encoding="utf-8")
    assert "topic write waste/eui-1/up" in rules
    assert "gauges" not in rules


def test_with_a_certificate_devices_are_served_by_tls_on_8883(data: Path, tmp_path: Path) -> None:
    words = ["--certificate", "/etc/mosquitto/tls/broker.crt", "--key", "/etc/mosquitto/tls/broker.key"]
    remote = ["--service-listen", "0.0.0.0:1884", "--name", "broker.example", "--out", str(tmp_path / "out")]
    done = broker("config", *words, *remote, "--seen-as", "/mosquitto/config", data=data)
    assert done.exit_code == 0, done.stderr
    text = (tmp_path / "out" / "mosquitto.conf").read_text(encoding="utf-8")
    assert "listener 8883\n" in text
    assert text.count("certfile /etc/mosquitto/tls/broker.crt") == 2
    assert "acl_file /mosquitto/config/acl" in text
    assert "mqtts://broker.example:1884" in (tmp_path / "out" / "kenh.env").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--field-listen", "0.0.0.0:1884"], "in plain text"),
        (["--service-listen", ":1883"], "in plain text"),
        (["--field-listen", "1884"], "not of the form HOST:PORT"),
        (["--field-listen", "127.0.0.1:1883"], "both listeners would have port 1883"),
        (["--certificate", "x.crt"], "both --certificate and --key"),
        (["--outage-h", "0"], "must be positive"),
        (["--no-such-option"], "no-such-option"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage_and_writes_nothing(
    words: list[str], said: str, data: Path
) -> None:
    done = broker("config", *words, data=data)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout
    assert not (data / "mosquitto").exists()


def test_a_closed_network_may_do_without_tls_if_it_is_said(data: Path) -> None:
    done = broker("config", "--field-listen", "10.8.0.1:1884", "--plain", data=data)
    assert done.exit_code == 0
    assert "10.8.0.1:1884 without TLS" in done.stderr


def test_credentials_that_cannot_be_read_are_not_written_over(data: Path) -> None:
    broker("config", data=data)
    spoilt = data / "mosquitto" / "credentials.csv"
    spoilt.write_text("user,password,kind,id\neui-1,,device,eui-1\n", encoding="utf-8")
    done = broker("acl", data=data)
    assert done.exit_code == 1
    assert "line 2" in done.stderr
    assert spoilt.read_text(encoding="utf-8").endswith("eui-1,,device,eui-1\n")


def test_a_folder_that_cannot_be_written_is_said(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = broker("config", "--out", str(tmp_path / "file" / "below"), data=data)
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
