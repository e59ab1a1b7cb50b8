"""Which languages the configured model reads, and what of a profile is written in another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from config.languages import language_name, language_of

Reads = frozenset[str]
"""ISO 639-1 codes as the model's card has them; empty where it does not say."""

ENGLISH: Reads = frozenset({"en"})
"""What the embedded model was trained on."""

ANY = "multilingual"
"""How cards of the hub say that a model reads more languages than they name."""

OF_NORWEGIAN = frozenset({"nb", "nn"})
"""What a card that says ``no`` means."""

ADVICE = (
    "write it in English, or set CALLWATCH_MODEL to a multilingual model"
    " such as intfloat/multilingual-e5-small"
)


@dataclass(frozen=True, slots=True)
class Unread:
    """What of a profile is in a language that the model does not read."""

    slug: str
    """Of the profile; its file is named by it."""
    fields: tuple[str, ...]
    language: str

    def __str__(self) -> str:
        """Return it as a sentence without its end; ``ADVICE`` says what to do.

        >>> str(Unread("ships", ("text", "facets"), "nb"))
        'ships: text, facets: written in Norwegian Bokmål, which the model does not read'
        """
        fields, name = ", ".join(self.fields), language_name(self.language)
        return f"{self.slug}: {fields}: written in {name}, which the model does not read"


def languages_read(model: str) -> Reads:
    """Return what the model reads that the setting ``model`` names; empty where that is unknown."""
    if not model:
        return ENGLISH
    card = _card_of(model)
    return read_card(card.read_text("utf-8", errors="replace")) if card else frozenset()


def read_card(text: str) -> Reads:
    r"""Return the languages that a model card states before its text.

    >>> sorted(read_card("---\nlanguage:\n- en\n- no\n---\n# A model"))
    ['en', 'nb', 'nn', 'no']
    >>> read_card("# A model")
    frozenset()
    """
    parts = text.split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        return frozenset()
    try:
        stated = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        return frozenset()
    languages = stated.get("language") if isinstance(stated, dict) else None
    named = [languages] if isinstance(languages, str) else languages or []
    codes = {_code(name) for name in named}
    return frozenset(codes | OF_NORWEGIAN if "no" in codes else codes)


def in_words(reads: Reads) -> str:
    """Return what the model reads as a person is told it.

    >>> in_words(ENGLISH)
    'reads English only'
    >>> in_words(frozenset())
    'its card does not say which languages it reads'
    """
    if not reads:
        return "its card does not say which languages it reads"
    if reads == ENGLISH:
        return "reads English only"
    return "reads many languages" if ANY in reads else f"reads {', '.join(sorted(reads))}"


def unread_fields(slug: str, fields: Mapping[str, str], reads: Reads) -> tuple[Unread, ...]:
    """Return the ``fields`` that the model certainly does not read, together by their language.

    Args:
        slug: Of the profile.
        fields: Name of each field and its text.
        reads: As ``languages_read`` returns it; where it is empty, nothing is certain.
    """
    if not reads or ANY in reads:
        return ()
    found: dict[str, list[str]] = {}
    for field, text in fields.items():
        language = language_of(text)
        if language is not None and language not in reads:
            found.setdefault(language, []).append(field)
    return tuple(Unread(slug, tuple(names), language) for language, names in found.items())


def matched_fields(
    text: str, groups: Sequence[Sequence[str]], facets: Sequence[str]
) -> dict[str, str]:
    """Return the fields of a profile that the model reads, each as one text.

    Args:
        text: The description.
        groups: The words of each group of keywords.
        facets: Further short texts.
    """
    words = ", ".join(word for group in groups for word in group)
    return {"text": text, "keywords": words, "facets": "\n".join(facets)}


def _code(name: object) -> str:
    """Return the code of a language as a card names it.

    YAML reads a bare ``no`` as false: it is Norwegian.

    >>> _code("zh-CN"), _code(False)
    ('zh', 'no')
    """
    return "no" if name is False else str(name).lower().partition("-")[0]


def _card_of(model: str) -> Path | None:
    """Return the card in the folder ``model``, or the one kept from an earlier download."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        card = folder / "README.md"
        return card if card.is_file() else None
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - slow to import

    try:
        kept = try_to_load_from_cache(model, "README.md")
    except ValueError:  # no name that the hub would take
        return None
    return Path(kept) if isinstance(kept, str) else None
