"""Ports: taken ones are said plainly, free ones are found."""

import pytest

from kenh import ports


def test_a_taken_port_is_named() -> None:
    with ports.bind("127.0.0.1", 0) as taken:
        number = taken.getsockname()[1]
        assert not ports.is_free("127.0.0.1", number)
        with pytest.raises(ports.PortTakenError, match=str(number)):
            ports.bind("127.0.0.1", number)


def test_the_next_free_port_is_used() -> None:
    with ports.bind_from("127.0.0.1", 20_000) as taken:
        number = taken.getsockname()[1]
        assert ports.free_from("127.0.0.1", number) > number
