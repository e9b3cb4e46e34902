"""What every request needs: the ports, the desk, and what is derived from them."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from api.ports import ApiPorts
from desk.context import Desk
from devices.sites import Registry

#: How long the age of the data may be told without looking again.
NEWEST_KEPT_MS = 5_000


@dataclass(slots=True)
class Context:
    """One app's ports and what is derived from them."""

    ports: ApiPorts
    desk: Desk
    _newest: tuple[int, int | None] = field(default=(-NEWEST_KEPT_MS, None))

    def registry(self) -> Registry:
        """The registry as it stands; the state reads it again only when its version has moved."""
        with self.ports.state.snapshot() as tx:
            return tx.registry.load()

    def newest_reading_ms(self) -> int | None:
        """When the newest reading of all was measured; asked by every open page, so kept for a moment."""
        now_ms = self.now_ms()
        asked_ms, newest = self._newest
        if not 0 <= now_ms - asked_ms < NEWEST_KEPT_MS:
            newest = max((row.time_ms for row in self.ports.readings.latest()), default=None)
            self._newest = (now_ms, newest)
        return newest

    def now_ms(self) -> int:
        """The clock of the composition root."""
        return self.ports.clock()


def context_of(request: Request) -> Context:
    """The context of the app that serves this request."""
    return cast("Context", request.app.state.context)


Ctx = Annotated[Context, Depends(context_of)]
