"""What every page is made with, and how every answer is closed off."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine
from starlette.responses import HTMLResponse

from config.settings import Settings

HERE = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages read from."""

    settings: Settings
    engine: Engine
    clock: Callable[[], datetime]
    pages: Environment

    def page(self, name: str, values: dict[str, object], status: int = 200) -> HTMLResponse:
        """Return the page ``name``, escaped, and kept by nobody on the way."""
        html = self.pages.get_template(name).render(values)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def open_site(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> Site:
    """Return a site; its database is not touched before a page is asked for."""
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Site(settings, engine, clock, pages)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


async def add_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Add the headers by which a browser does nothing a page does not need."""
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
