"""Templates in a reader's language, of a folder: those of mails and those of pages alike."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.remembered import Remembered
from config.said_once import Speaking
from config.translation import translations


@cache
def html_templates(folder: Path, language: str) -> Environment:
    """Return the templates of ``folder`` that make HTML: every value is escaped."""
    environment = Speaking(
        loader=FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", Remembered],
    )
    return _in(language, environment)


@cache
def text_templates(folder: Path, language: str) -> Environment:
    """Return the templates of ``folder`` that make plain text."""
    environment = Speaking(
        loader=FileSystemLoader(folder),
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", Remembered],
    )
    return _in(language, environment)


def _in(language: str, environment: Speaking) -> Environment:
    """Return ``environment`` with what ``{% trans %}`` and ``_()`` say in a language."""
    environment.spoken = language
    environment.policies["ext.i18n.trimmed"] = True
    words = translations(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        words.gettext,
        words.ngettext,
        newstyle=True,
        pgettext=words.pgettext,
        npgettext=words.npgettext,
    )
    environment.globals["language"] = language
    return environment
