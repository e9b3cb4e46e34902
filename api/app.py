"""The HTTP app: `/api/v1` for systems, the board for people, health for machines."""

from fastapi import FastAPI

from api import problems
from api.board import pages
from api.context import Context
from api.guarding import Guard
from api.openapi import describe
from api.ports import ApiPorts
from api.routes import (
    crews,
    device_work,
    devices,
    findings,
    gateways,
    health,
    latest,
    quantities,
    quarantine,
    readings,
    rejects,
    sites,
    stream,
    uplinks,
    villages,
    work_orders,
)
from desk.context import Desk

_ROUTERS = (
    villages.router,
    sites.router,
    devices.router,
    device_work.router,
    quarantine.router,
    rejects.router,
    uplinks.router,
    gateways.router,
    quantities.router,
    crews.router,
    readings.router,
    latest.router,
    findings.router,
    work_orders.router,
    stream.router,
    health.router,
)


def create_app(ports: ApiPorts) -> FastAPI:
    """The app over these ports. It opens nothing and closes nothing: the ports are the caller's."""
    app = FastAPI(
        title="Kênh",
        version=ports.version,
        description="Drains, waste points and air of a commune: what was measured, concluded and asked for.",
        # Our own pages: FastAPI's fetch their scripts from the Internet, and would be open to strangers.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = Context(ports, Desk(ports.state, demo=ports.demo, public_url=ports.public_url))
    broken = problems.install(app, pages.error_page)
    for router in _ROUTERS:
        app.include_router(router)
    pages.install(app)
    describe(app)
    app.add_middleware(Guard, demo=ports.demo, broken=broken)
    return app
