"""The EU programmes Callwatch knows: the portal's code, our name for it, and how people call it."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel

from config.documents import read_document
from config.translation import SOURCE, say_kept


class Programme(BaseModel):
    """One framework programme."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^\d+$")
    """Code in the portal's ``frameworkProgramme``."""
    name: str
    """Name as people write it."""


class _Programmes(RootModel[dict[str, Programme]]):
    """Programmes by slug."""


@cache
def programmes() -> dict[str, Programme]:
    """Return every known programme by its slug, such as ``horizon_europe``."""
    return read_document(Path(__file__).with_name("programmes.yaml"), _Programmes).root


def programme_slug(code: str) -> str:
    """Return the slug of the programme with the portal's ``code``.

    Raises:
        ValueError: If no programme has this code.

    >>> programme_slug("43108390")
    'horizon_europe'
    """
    for slug, programme in programmes().items():
        if programme.code == code:
            return slug
    raise ValueError(f"unknown framework programme {code!r}; add it to config/programmes.yaml")


def programme_name(slug: str, language: str = SOURCE) -> str:
    """Return the name people know the programme by, or the slug of one since removed."""
    known = programmes().get(slug)
    return say_kept(language, "programme", known.name).text if known else slug
