"""What every page is made with, and how every answer is closed off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.accounts import Account
from config.settings import Settings
from config.templates import html_templates
from config.translation import LANGUAGES, SOURCE, best_language, say
from store.models import Subscriber
from store.tokens import TokenError, known_signing_key
from web.around import AROUND
from web.choices import TONGUES

HERE = Path(__file__).parent

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; "
        "form-action 'self'; frame-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

LANGUAGE = "callwatch-language"
"""Name of the cookie that says which language somebody chose."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages read from."""

    settings: Settings
    engine: Engine
    clock: Callable[[], datetime]
    self_service: bool
    """Whether people can subscribe and change what they get, on pages of their own."""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    """Who may sign in, by address."""

    searchable: bool = False
    """Whether what was collected can be searched."""

    def page(
        self, name: str, values: dict[str, object], status: int = 200, language: str = SOURCE
    ) -> HTMLResponse:
        """Return the page ``name`` in a language, escaped, and kept by nobody on the way."""
        html = (
            html_templates(HERE / "templates", language)
            .get_template(name)
            .render({**self._everywhere(language), **values})
        )
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})

    def form_page(
        self, name: str, values: dict[str, object], problems: Mapping[str, str], language: str
    ) -> HTMLResponse:
        """Return a page with a form, and what is wrong with it by field; its status says so too."""
        said = {field: say(language, text) for field, text in problems.items()}
        return self.page(name, {**values, "problems": said}, 422 if problems else 200, language)

    def _everywhere(self, language: str) -> dict[str, object]:
        """Return what every page may say, whoever made it."""
        around = AROUND.get()
        return {
            "self_service": self.self_service,
            "searchable": self.searchable,
            "person": around.person,
            "same_page": around.back,
            "tongues": [(code, name) for code, name in TONGUES.items() if code != language],
        }

    def key(self, session: Session) -> str:
        """Return the key that signs links; looking at a page makes none.

        Raises:
            TokenError: If none was made yet, so that no link can be ours.
        """
        key = known_signing_key(session, self.settings)
        if key is None:
            raise TokenError("no link was ever signed here")
        return key


def see_other(where: str) -> RedirectResponse:
    """Return where to look after something was done: a page, which may be loaded again."""
    return RedirectResponse(where, 303)


def inside(path: str) -> str:
    """Return a path where it leads to a page of ours, and nothing where it may lead elsewhere.

    >>> inside("/desk?department=imt"), inside("//elsewhere.example.org"), inside("https://a.b")
    ('/desk?department=imt', '', '')
    """
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and path.isprintable() and "\\" not in path else ""


def language_of(request: Request) -> str:
    """Return the language of a page whose reader is not known: as they chose or browsers ask."""
    return chosen_language(request) or best_language(request.headers.get("accept-language", ""))


def chosen_language(request: Request) -> str:
    """Return the language that an address names, or a reader chose; empty where neither did."""
    wanted = (request.query_params.get("language", ""), request.cookies.get(LANGUAGE, ""))
    return next((one for one in wanted if one in LANGUAGES), "")


def reader_language(subscriber: Subscriber) -> str:
    """Return the language of a page whose reader is known: theirs, if they chose no other now."""
    return AROUND.get().language or best_language(subscriber.language)


def is_encrypted(site: Site, request: Request) -> bool:
    """Return whether readers reach the pages over https; a proxy may hide it from us."""
    public = site.settings.public_url
    return (request.url.scheme if public is None else public.scheme) == "https"


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class AddHeaders:
    """Adds the headers by which a browser does nothing that a page does not need."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        seconds, public = site.settings.hsts_seconds, site.settings.public_url
        self._headers = dict(HEADERS)
        if seconds and public is not None and public.scheme == "https":
            self._headers["Strict-Transport-Security"] = f"max-age={seconds}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the headers that it did not set itself."""

        async def closed_off(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    given.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, closed_off if scope["type"] == "http" else send)
