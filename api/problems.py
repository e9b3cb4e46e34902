"""Every error as an RFC 9457 problem: one shape for machines, one page for people."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from desk.errors import NotAllowedError, NotFoundError, NotYoursError, UnusableError
from storage.errors import ConflictError, StoreUnavailableError

PROBLEM_JSON = "application/problem+json"
Headers = Mapping[str, str]


class FieldProblem(BaseModel):
    """What is wrong with one part of the request."""

    where: str = Field(examples=["query.limit"])
    what: str = Field(examples=["Input should be less than or equal to 10000"])


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(examples=["urn:kenh:problem:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no site 'G99'"])
    instance: str = Field(examples=["/api/v1/sites/G99"])
    errors: list[FieldProblem] = []
    allowed: list[str] = []


_BROKEN = "something went wrong here; the service log says what"


class ProblemError(Exception):
    """Raised anywhere in a request to answer with a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: list[FieldProblem] | None = None,
        allowed: tuple[str, ...] = (),
        headers: Headers | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or []
        self.allowed = allowed
        self.headers = headers or {}


def not_found(what: str, item_id: str) -> ProblemError:
    """The problem for an id that names nothing."""
    return ProblemError(404, f"there is no {what} {item_id!r}")


def bad_parameter(name: str, what: str) -> ProblemError:
    """The problem for a query parameter that cannot be understood."""
    return ProblemError(
        422,
        f"the parameter {name!r} cannot be used: {what}",
        errors=[FieldProblem(where=f"query.{name}", what=what)],
    )


def problem_of(request: Request, error: ProblemError) -> Problem:
    """The body of a problem, with its title and type from the status."""
    title = HTTPStatus(error.status).phrase
    return Problem(
        type="urn:kenh:problem:" + title.lower().replace(" ", "-"),
        title=title,
        status=error.status,
        detail=error.detail,
        instance=request.url.path,
        errors=error.errors,
        allowed=list(error.allowed),
    )


#: What every operation may answer besides its own success, for OpenAPI.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (401, 403, 404, 422, 503)
}

#: Renders a problem for a person; None: this reader wants JSON.
ErrorPage = Callable[[Request, Problem], Response | None]


def install(app: FastAPI, page: ErrorPage) -> Callable[[Request], Response]:
    """Make every error of this app a problem, or the page that `page` renders for people.

    Returns the answer to a request that ended in an exception nobody foresaw.
    """

    def answer(request: Request, error: ProblemError) -> Response:
        problem = problem_of(request, error)
        response = page(request, problem)
        if response is None:
            body = problem.model_dump(exclude_defaults=True)
            response = JSONResponse(body, status_code=error.status, media_type=PROBLEM_JSON)
        response.headers.update(error.headers)
        return response

    def handler(translate: Callable[[Any], ProblemError]) -> Callable[[Request, Any], Awaitable[Response]]:
        async def handle(request: Request, exc: Any) -> Response:
            return answer(request, translate(exc))

        return handle

    for kind, translate in _TRANSLATIONS.items():
        app.add_exception_handler(kind, handler(translate))
    return lambda request: answer(request, ProblemError(500, _BROKEN))


def _from_http(exc: HTTPException) -> ProblemError:
    detail = exc.detail if isinstance(exc.detail, str) else HTTPStatus(exc.status_code).phrase
    if exc.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "there is nothing at this address"
    if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "this address does not take that method"
    return ProblemError(exc.status_code, detail, headers=dict(exc.headers or {}))


def _from_validation(exc: RequestValidationError) -> ProblemError:
    errors = [
        FieldProblem(where=".".join(str(part) for part in error["loc"]), what=str(error["msg"]))
        for error in exc.errors()
    ]
    first = "; ".join(f"{error.where}: {error.what}" for error in errors[:3])
    return ProblemError(422, f"the request cannot be understood: {first}", errors=errors)


_TRANSLATIONS: dict[type[Exception], Callable[[Any], ProblemError]] = {
    ProblemError: lambda exc: exc,
    HTTPException: _from_http,
    RequestValidationError: _from_validation,
    NotFoundError: lambda exc: not_found(exc.what, exc.item_id),
    NotAllowedError: lambda exc: ProblemError(409, str(exc), allowed=exc.allowed),
    NotYoursError: lambda exc: ProblemError(403, str(exc)),
    UnusableError: lambda exc: ProblemError(422, str(exc)),
    ConflictError: lambda exc: ProblemError(409, f"{exc}; load it again and decide again"),
    StoreUnavailableError: lambda _: ProblemError(
        503, "the store does not answer at the moment; try again shortly", headers={"Retry-After": "10"}
    ),
}
