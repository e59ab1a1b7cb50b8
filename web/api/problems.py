"""What is answered where something cannot be: one JSON document, as RFC 9457 has it."""

from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from store.db import StoreError
from web.api.shapes import Document
from web.limits import TooOftenError

MEDIA_TYPE = "application/problem+json"


class Wrong(Document):
    """One thing that is wrong with a request."""

    where: str
    """The parameter."""
    says: str
    """What is wrong with it."""


class Problem(Document):
    """Why there is no answer."""

    type: str
    """``about:blank``: the status says what kind of problem it is."""
    title: str
    """The status in words."""
    status: int
    """Of HTTP."""
    detail: str
    """What is wrong here, and what to do."""
    errors: list[Wrong]
    """Each thing that is wrong, where a parameter is; else empty."""


@dataclass(slots=True)
class ProblemError(Exception):
    """A request that cannot be answered."""

    status: int
    detail: str
    headers: dict[str, str] = field(default_factory=dict)


DETAILS = {
    401: "This needs a key that works; send it as: Authorization: Bearer KEY",
    404: "There is nothing here, or your key does not open it.",
    405: "This can only be read: ask with GET or HEAD.",
    422: "Some parameters cannot be read.",
    429: "Too many requests; wait as many seconds as Retry-After says.",
    500: "This is a fault of the server.",
    503: "The database cannot be read now; try again later.",
}
"""What is said of each status where nothing more is known."""


def problem(error: ProblemError, errors: list[Wrong] | None = None) -> Response:
    """Return the answer that says what is wrong."""
    document = Problem(
        type="about:blank",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.detail,
        errors=errors or [],
    )
    headers = {"Cache-Control": "no-store", **error.headers}
    return Response(document.as_json(), error.status, headers, MEDIA_TYPE)


def add_problems(api: FastAPI) -> None:
    """Let ``api`` answer with a problem whatever goes wrong."""

    async def known(_: Request, error: Exception) -> Response:
        return problem(error if isinstance(error, ProblemError) else _plain(500))

    async def refused(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return problem(_plain(500))
        plain = _plain(error.status_code)
        plain.headers.update(error.headers or {})
        return problem(plain)

    async def unreadable(_: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        wrongs = [Wrong(where=".".join(map(str, e["loc"][1:])), says=e["msg"]) for e in found]
        return problem(_plain(422), wrongs)

    async def too_often(_: Request, error: Exception) -> Response:
        seconds = error.seconds if isinstance(error, TooOftenError) else 1
        return problem(ProblemError(429, DETAILS[429], {"Retry-After": str(seconds)}))

    async def no_store(_: Request, __: Exception) -> Response:
        return problem(_plain(503))

    api.add_exception_handler(ProblemError, known)
    api.add_exception_handler(HTTPException, refused)
    api.add_exception_handler(RequestValidationError, unreadable)
    api.add_exception_handler(TooOftenError, too_often)
    api.add_exception_handler(StoreError, no_store)
    api.add_exception_handler(Exception, known)


def missing() -> ProblemError:
    """Return the error of what is not there, or not for whoever asks."""
    return _plain(404)


def _plain(status: int) -> ProblemError:
    return ProblemError(status, DETAILS.get(status, HTTPStatus(status).phrase))
