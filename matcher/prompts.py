"""What some models want before a text, one thing before a query and another before a document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompts:
    """What comes before a query, and before a document; empty where nothing does."""

    query: str = ""
    document: str = ""


KNOWN: Mapping[re.Pattern[str], Prompts] = {
    # https://huggingface.co/intfloat/multilingual-e5-small: "Each input text should start with
    # "query: " or "passage: ", even for non-English texts"; its files carry no prompts.
    re.compile(r"\be5-(small|base|large)(?!.*instruct)"): Prompts("query: ", "passage: "),
}
"""Name of a family of models → the prompts it was trained with, where its files say nothing."""

_DOCUMENT_NAMES = ("document", "passage", "corpus")
"""How models name the prompt of documents."""


def prompts_of(own: Mapping[str, str], names: tuple[str, ...]) -> Prompts:
    """Return the prompts of a model: its own, else those that its family is known to want.

    Args:
        own: By name, as its files carry them; empty ones stand for none.
        names: What it is called, here and by those who trained it.
    """
    document = next((own[name] for name in _DOCUMENT_NAMES if own.get(name)), "")
    carried = Prompts(own.get("query", ""), document)
    if carried != Prompts():
        return carried
    families = (known for family, known in KNOWN.items() if any(map(family.search, names)))
    return next(families, Prompts())
