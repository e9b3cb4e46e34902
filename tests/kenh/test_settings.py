"""Settings: where they come from, and that each one is explained."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from kenh.settings import leaves, load


def test_command_line_wins_over_environment_wins_over_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kenh.toml").write_text('public_url = "http://file"\n[http]\nport = 1\nhost = "::1"\n')
    monkeypatch.setenv("KENH_HTTP__PORT", "2")
    settings = load(data=tmp_path)
    assert (settings.public_url, settings.http.port, settings.http.host) == ("http://file", 2, "::1")
    assert load(data=tmp_path, public_url="http://line").public_url == "http://line"


def test_a_misspelt_setting_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENH_HTTP__PROT", "2")
    with pytest.raises(ValidationError):
        load(data=tmp_path)


def test_every_setting_is_explained_and_no_secret_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KENH_MQTT__PASSWORD", "very-secret")
    rows = leaves(load(data=tmp_path))
    assert [name for name, _, meaning in rows if not meaning] == []
    assert not any("very-secret" in value for _, value, _ in rows)
