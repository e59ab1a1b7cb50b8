"""Everything that readers see is in every catalogue, and nothing else is."""

from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import checkers

from config.catalogue import all_said, extracted
from config.translation import LANGUAGES, SOURCE, catalogue, placeholders

TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE)


def _forms(string: object) -> list[str]:
    return [str(one) for one in string] if isinstance(string, list | tuple) else [str(string)]


def _keys(found: Catalog) -> set[tuple[str, ...]]:
    return {(message.context or "", *_forms(message.id)) for message in found if message.id}


def _messages(language: str) -> Iterator[Message]:
    return (message for message in catalogue(language) if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_what_the_code_says_and_no_more(language: str) -> None:
    assert _keys(catalogue(language)) == _keys(extracted()), "run: make messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_in_every_form(language: str) -> None:
    assert [m.id for m in _messages(language) if m.fuzzy or not all_said(m.string)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_source(language: str) -> None:
    wrong = [
        message.id
        for message in _messages(language)
        for form in _forms(message.string)
        if placeholders(form) != placeholders(_forms(message.id)[-1])
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_what_stands_for_values_in_templates(language: str) -> None:
    found = catalogue(language)
    for message in _messages(language):
        for check in checkers:
            check(found, message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_begins_and_ends_as_its_source_does(language: str) -> None:
    """What is put behind a full stop or a colon stands there in every language."""
    wrong = [
        message.id
        for message in _messages(language)
        for form in _forms(message.string)
        if form != form.strip()
        or form.endswith((".", ":")) != _forms(message.id)[-1].endswith((".", ":"))
    ]
    assert wrong == []
