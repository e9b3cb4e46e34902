"""What every use case needs to know of the installation."""

from dataclasses import dataclass

from storage.state import State


@dataclass(frozen=True, slots=True)
class Desk:
    """The state and the few facts that go into every message.

    `demo` marks every message as simulated data; `public_url` is the base of links in messages, or empty.
    """

    state: State
    demo: bool = False
    public_url: str = ""
