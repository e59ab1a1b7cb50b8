"""Keeping the catalogues: what there is to translate is read out of the code, and written there."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from config.translation import DOMAIN, LANGUAGES, SOURCE, catalogue, catalogue_path

ROOT = Path(__file__).parent.parent
PACKAGES = ("config", "store", "crawler", "matcher", "notifier", "web", "jobs")

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...]] = {
    "say": (2,),
    "say_in": ((2, "c"), 3),
    "say_many": (3, 4),
    "translatable": (1,),
    "translatable_many": (1, 2),
    "translatable_form": ((1, "c"), 2),
    "_": (1,),
    "gettext": (1,),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
"""Where what is called holds its text, and its context; the last four are those of templates."""

YAML = "config.catalogue:yaml_sentences"
METHODS = {
    "**.py": "python",
    "templates/**.html": "jinja2",
    "templates/**.txt": "jinja2",
    "rules/eligibility.yaml": YAML,
    "rules/bottom_up.yaml": YAML,
    "programmes.yaml": YAML,
    "erasmus_national.yaml": YAML,
}
"""How a file of a package is read."""

TEMPLATES = {"trimmed": "true", "silent": "false", "extensions": "config.remembered.Remembered"}
OPTIONS = {
    "templates/**.html": TEMPLATES,
    "templates/**.txt": TEMPLATES,
    "rules/eligibility.yaml": {"keys": "says text applies condition"},
    "rules/bottom_up.yaml": {"keys": "asks"},
    "programmes.yaml": {"keys": "name"},
    "erasmus_national.yaml": {"keys": "university note"},
}
"""What else its reader must know: of YAML, which keys hold sentences that are shown."""


def extracted(root: Path = ROOT) -> Catalog:
    """Return everything there is to translate."""
    template = Catalog(domain=DOMAIN)
    for package in PACKAGES:
        found = extract_from_dir(root / package, METHODS.items(), OPTIONS, KEYWORDS)
        for name, line, text, comments, context in found:
            template.add(
                text, locations=[(f"{package}/{name}", line)], auto_comments=comments,
                context=context,
            )  # fmt: skip
    return template


def update(language: str) -> list[str]:
    """Write a catalogue with what there is to translate now, and return what is not translated."""
    kept, path = catalogue(language), catalogue_path(language)
    kept.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        write_po(file, kept, width=100, ignore_obsolete=True, include_lineno=False)
    return [str(message.id) for message in kept if message.id and not all_said(message.string)]


def all_said(string: str | Collection[str] | None) -> bool:
    """Return whether a message is translated, in each of its plural forms."""
    forms = [string] if isinstance(string, str) or string is None else string
    return all(forms)


def yaml_sentences(
    file: IO[bytes], _: Collection[str], __: Collection[str], options: Mapping[str, str]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the sentences under some keys of a YAML file, as Babel wants them."""
    keys = options["keys"].split()
    for key, value in _pairs(yaml.compose(file, Loader=yaml.SafeLoader), set()):
        if key.value in keys and any(map(str.isalpha, value.value)):
            yield value.start_mark.line + 1, "translatable", value.value, []


def _pairs(node: Any, seen: set[int]) -> Iterator[tuple[yaml.ScalarNode, yaml.ScalarNode]]:
    """Yield every key with its scalar, what is repeated by an alias once."""
    if id(node) in seen or isinstance(node, yaml.ScalarNode):
        return
    seen.add(id(node))
    inside: Iterable[Any] = node.value
    for one in inside:
        if isinstance(one, tuple) and isinstance(one[1], yaml.ScalarNode):
            yield one
        else:
            yield from _pairs(one[1] if isinstance(one, tuple) else one, seen)


if __name__ == "__main__":
    missing = [text for language in LANGUAGES if language != SOURCE for text in update(language)]
    sys.exit("\n".join(["not translated yet:", *missing]) if missing else None)
