"""`/sites`, `/sites/{id}`, `/sites.geojson`: the places that are watched."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header, Request, Response
from starlette.responses import JSONResponse

from api.auth import ReaderOf, Viewer
from api.context import Ctx
from api.routes.paging import DEFAULT_LIMIT, Cursor, Limit, Word, cut
from api.routes.router import api_router
from api.seeing import site_or_404, visible_sites
from api.wire import Listing
from api.wire_ground import SiteOut
from devices.sites import Registry, Site
from devices.vietnamese import fold

router = api_router("places")

GEO_JSON = "application/geo+json"
IfNoneMatch = Annotated[str | None, Header(max_length=1000)]


@router.get("/sites", summary="Sites")
def sites(
    request: Request,
    response: Response,
    ctx: Ctx,
    viewer: ReaderOf,
    village: Word = None,
    kind: Word = None,
    q: Word = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """Sites by id. `q` finds names with or without Vietnamese marks. Carries an ETag."""
    registry = ctx.registry()
    tag = etag(request, viewer, registry)
    if matches(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    rows = [site for site in visible_sites(viewer, registry) if _wanted(site, village, kind, q)]
    page, following = cut("sites", rows, lambda site: site.id, limit, cursor)
    response.headers["ETag"] = tag
    return Listing[SiteOut](items=[SiteOut.of(site, registry) for site in page], next=following)


@router.get("/sites.geojson", summary="Sites as GeoJSON", response_class=JSONResponse)
def sites_geojson(
    request: Request, ctx: Ctx, viewer: ReaderOf, if_none_match: IfNoneMatch = None
) -> Response:
    """Every site as a feature (geometry null where the position is not known). Carries an ETag."""
    registry = ctx.registry()
    tag = etag(request, viewer, registry)
    if matches(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    features = [_feature(site, registry) for site in visible_sites(viewer, registry)]
    body = {"type": "FeatureCollection", "simulated": ctx.ports.demo, "features": features}
    return JSONResponse(body, headers={"ETag": tag}, media_type=GEO_JSON)


@router.get("/sites/{site_id}", summary="One site")
def site(ctx: Ctx, viewer: ReaderOf, site_id: str) -> SiteOut:
    """The site with that id."""
    registry = ctx.registry()
    return SiteOut.of(site_or_404(viewer, registry, site_id), registry)


def etag(request: Request, viewer: Viewer, registry: Registry) -> str:
    """Changes with the registry, the question, and what the viewer may see."""
    text = f"{registry.version}|{viewer.village_id}|{request.url.path}|{request.url.query}"
    return f'"{sha256(text.encode()).hexdigest()[:20]}"'


def matches(if_none_match: str | None, tag: str) -> bool:
    """Does the reader already hold this version?"""
    if if_none_match is None:
        return False
    held = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag in held or "*" in held


def _wanted(site: Site, village: str | None, kind: str | None, q: str | None) -> bool:
    if village is not None and site.village_id != village:
        return False
    if kind is not None and site.kind != kind:
        return False
    return q is None or fold(q) in fold(f"{site.id} {site.name} {site.name_en}")


def _feature(site: Site, registry: Registry) -> dict[str, Any]:
    known = site.lat is not None and site.lon is not None
    properties = SiteOut.of(site, registry).model_dump(exclude={"lat", "lon", "id"})
    return {
        "type": "Feature",
        "id": site.id,
        "geometry": {"type": "Point", "coordinates": [site.lon, site.lat]} if known else None,
        "properties": {"site_id": site.id, **properties},
    }
