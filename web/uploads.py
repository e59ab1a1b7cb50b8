"""Files that a browser sends: read once, bounded, only from a form of ours, and never kept."""

from collections.abc import AsyncGenerator, Iterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from web.forms import ELSEWHERE, Form

LIMIT_BYTES = 500_000
LIMIT_FIELDS = 1_000
ENCODING = "multipart/form-data"


async def read_upload(request: Request) -> Form:
    """Return the form that was sent; a file is a field that holds its text.

    Raises:
        HTTPException: If it came from another site, is no form, or is too long.
    """
    if request.headers.get("sec-fetch-site", "") in ELSEWHERE:
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip() != ENCODING:
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise HTTPException(413)
    return await _form_of(request, bytes(body))


SentUpload = Annotated[Form, Depends(read_upload)]


async def _form_of(request: Request, body: bytes) -> Form:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        request.headers,
        stream(),
        max_files=1,
        max_fields=LIMIT_FIELDS,
        max_part_size=LIMIT_BYTES,
    )
    try:
        sent = await parser.parse()
    except (MultiPartException, UnicodeDecodeError, KeyError) as error:
        raise HTTPException(400) from error
    try:
        pairs = [(name, await _value(value)) for name, value in sent.multi_items()]
    finally:
        await sent.close()
    if any("\0" in part for pair in pairs for part in pair):
        raise HTTPException(400)
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in (*pairs, *_file_names(sent)):
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


async def _value(value: UploadFile | str) -> str:
    return _text(await value.read()) if isinstance(value, UploadFile) else value


def _file_names(sent: FormData) -> Iterator[tuple[str, str]]:
    """Yield what each file is called, as a field of its own."""
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            yield f"{name}_name", value.filename or ""


def _text(content: bytes) -> str:
    """Return the text of a file: UTF-8, or else as spreadsheets on Windows write it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
