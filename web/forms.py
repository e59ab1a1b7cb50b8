"""What a browser sends: read once, bounded, and only from a form of ours.

Readers have no cookie, so no other site can act with their rights: what opens a page is in its
address. A form carries a signed token all the same, made for one act on one thing, so that what was
shown for one act cannot bring about another. People who are signed in have a cookie, and their
forms are bound to it (``web.accounts``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeSerializer
from starlette.exceptions import HTTPException

LIMIT_BYTES = 100_000
LIMIT_FIELDS = 1_000
LIFE = timedelta(hours=12)
"""How long a page may stay open before its buttons work no more."""

ENCODING = "application/x-www-form-urlencoded"
ELSEWHERE = ("cross-site", "same-site")
"""Where a browser says a form came from, if it was no page of ours."""

TOKEN = "form"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form."""

    fields: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """Return the value of a field, without blanks around it; empty where it is missing."""
        return self.fields.get(name, ("",))[0].strip()

    def many(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that may be chosen several times."""
        return self.fields.get(name, ())

    def has(self, name: str) -> bool:
        """Return whether a box was ticked, or a button pressed."""
        return name in self.fields


async def read_form(request: Request) -> Form:
    """Return the form that was sent.

    Raises:
        HTTPException: If it came from another site, is no form, or is too long.
    """
    if request.headers.get("sec-fetch-site", "") in ELSEWHERE:
        raise HTTPException(403)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise HTTPException(413)
    if body and request.headers.get("content-type", "").partition(";")[0].strip() != ENCODING:
        raise HTTPException(415)
    return form_of(bytes(body))


SentForm = Annotated[Form, Depends(read_form)]


def form_of(body: bytes) -> Form:
    """Return the form in the body of a request.

    Raises:
        HTTPException: If it is no text that a form may hold.

    >>> form_of(b"act=search&profile=a&profile=b").many("profile")
    ('a', 'b')
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=LIMIT_FIELDS,
        )
    except ValueError as error:
        raise HTTPException(400) from error
    if any("\0" in part for pair in pairs for part in pair):
        raise HTTPException(400)
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


def form_token(key: str, act: str, thing: str, now: datetime) -> str:
    """Return what a form carries that does ``act`` to ``thing``."""
    return _signer(key).dumps([act, thing, int((now + LIFE).timestamp())])


def check_form(key: str, form: Form, act: str, thing: str, now: datetime) -> None:
    """Pass where a form was made to do ``act`` to ``thing``, and not too long ago.

    Raises:
        HTTPException: If it was not.
    """
    try:
        made_for, made_of, end = _signer(key).loads(form.one(TOKEN))
    except (BadData, ValueError, TypeError) as error:
        raise HTTPException(403) from error
    if (made_for, made_of) != (act, thing) or end <= now.timestamp():
        raise HTTPException(403)


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="form")
