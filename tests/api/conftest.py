"""The house, closed to strangers, and the same as an open demo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.house import House, build


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A real installation: nothing is read without a key."""
    made = build(tmp_path)
    yield made
    made.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[House]:
    """The demo on a loopback address: everybody may read."""
    made = build(tmp_path, anonymous_viewer=True, demo=True)
    yield made
    made.close()
