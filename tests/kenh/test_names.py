"""Our folders are top-level packages: nobody else may own their names."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from kenh import names


def test_every_name_resolves_to_this_installation() -> None:
    assert names.strangers() == []


def test_a_stranger_with_our_name_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kenh_stranger").mkdir()
    (tmp_path / "kenh_stranger" / "__init__.py").write_text("raise SystemExit('was run')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(names, "OURS", ("kenh_stranger",))
    (found,) = names.strangers()
    assert str(tmp_path) in found


def test_no_other_distribution_owns_our_names() -> None:
    owners = packages_distributions()
    for name in names.OURS:
        assert set(owners.get(name, ["kenh"])) == {"kenh"}, name
