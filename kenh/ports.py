"""Ports on this machine: is one free, and which is the next that is."""

import errno
import socket


class PortTakenError(Exception):
    """Somebody else listens there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} on {host} is taken by another program")
        self.port = port


def bind(host: str, port: int) -> socket.socket:
    """A bound, not yet listening socket.

    Raises:
        PortTakenError: somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTakenError(host, port) from error
        raise
    return bound


def bind_from(host: str, first: int, tries: int = 50) -> socket.socket:
    """The first free port from `first` upwards.

    Raises:
        PortTakenError: all of them are taken.
    """
    for port in range(first, first + tries):
        try:
            return bind(host, port)
        except PortTakenError:
            continue
    raise PortTakenError(host, first)


def free_from(host: str, first: int) -> int:
    """A port number that was free a moment ago."""
    with bind_from(host, first) as bound:
        return int(bound.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Could we listen there right now?"""
    try:
        bind(host, port).close()
    except PortTakenError:
        return False
    return True
