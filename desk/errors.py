"""The errors of the desk: what a person or a system asked for cannot be done.

DeskError
├── NotFoundError       there is no such order, device, site or crew
├── NotAllowedError     the order cannot go there from where it stands (`allowed` says where it can)
├── NotYoursError       the order belongs to another crew
└── UnusableError       a value that cannot be used; the text says what would do
"""


class DeskError(Exception):
    """A request that was understood and refused; its text is for people."""


class NotFoundError(DeskError):
    """There is no such thing."""

    def __init__(self, what: str, item_id: str) -> None:
        super().__init__(f"there is no {what} {item_id!r}")
        self.what = what
        self.item_id = item_id


class NotAllowedError(DeskError):
    """A forbidden step in an order's life."""

    def __init__(self, reason: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.allowed = allowed


class NotYoursError(DeskError):
    """A crew spoke about another crew's order."""

    def __init__(self, order_id: str, crew_id: str) -> None:
        super().__init__(f"work order {order_id} is not assigned to crew {crew_id}")
        self.order_id = order_id
        self.crew_id = crew_id


class UnusableError(DeskError):
    """A value that cannot be used as it was given."""
