"""What every page is made with, and how every answer is closed off."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request, Response
from sqlalchemy import Engine
from starlette.responses import HTMLResponse

from config.settings import Settings
from config.templates import html_templates
from config.translation import SOURCE, best_language

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

    def page(
        self, name: str, values: dict[str, object], status: int = 200, language: str = SOURCE
    ) -> HTMLResponse:
        """Return the page ``name`` in a language, escaped, and kept by nobody on the way."""
        html = html_templates(HERE / "templates", language).get_template(name).render(values)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


def open_site(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> Site:
    """Return a site; its database is not touched before a page is asked for."""
    return Site(settings, engine, clock)


def language_of(request: Request) -> str:
    """Return the language that a browser asks for, of a person nobody knows yet."""
    return best_language(request.headers.get("accept-language", ""))


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
