"""The body of a search request, taken apart as the portal does it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl


class ThrowableError(Exception):
    """A request that the portal answers with HTTP 500 and an object of type throwable."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a request body holds for the portal."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Plain form fields; only pageSize and pageNumber have an effect."""
    parts: Mapping[str, Any] = field(default_factory=dict)
    """Parts with the content type application/json, decoded."""


def read_form(content_type: str, body: bytes) -> Form:
    """Return the fields and parts of ``body``; a body that is no form holds none.

    Raises:
        ThrowableError: If a part is a file of another type than JSON, or is no JSON.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return Form(fields=dict(parse_qsl(body.decode("utf-8", "replace"))))
    if kind != "multipart/form-data":
        return Form()
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = message_from_bytes(head + body, _class=EmailMessage, policy=HTTP)
    if body.strip() == f"--{message.get_boundary()}--".encode():
        return Form()
    if not message.is_multipart():
        raise ThrowableError("the body does not have the parts that its content type announces")
    return _read_parts(message)


def _read_parts(message: EmailMessage) -> Form:
    fields: dict[str, str] = {}
    parts: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            raise ThrowableError(f"part {name!r} has parts of its own")
        if "content-type" not in part and part.get_filename() is None:
            fields[name] = content.decode("utf-8", "replace")
            continue
        if "content-type" not in part or part.get_content_type() != "application/json":
            raise ThrowableError(f"part {name!r} is not sent as application/json")
        parts[name] = _read_json(name, content)
    return Form(fields, parts)


def _read_json(name: str, content: bytes) -> Any:  # JSON may be anything
    try:
        return json.loads(content)
    except ValueError as error:
        raise ThrowableError(f"part {name!r} is no JSON: {content[:80]!r}") from error
