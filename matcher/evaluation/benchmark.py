"""A benchmark's folder: documents to rank, queries, and which documents are right for each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from config.errors import ConfigurationError
from matcher.evaluation.lines import PACKED, Named, Record, read_lines, read_records

Judgements = Mapping[str, Mapping[str, int]]
"""Query → right documents → grade, from 1."""

THEMATIC = "thematic"
"""The stratum in which a text can be matched at all."""


class Document(Named):
    """A topic to rank."""

    title: str
    keywords: tuple[str, ...] = ()
    destination: str = ""
    call_title: str = ""
    description: str = ""
    pools: frozenset[str] = frozenset()
    """What it takes part in: ``all``, ``new``, ``open``."""


class Project(Record):
    """What an organisation was funded for before."""

    title: str
    objective: str = ""
    keywords: str = ""


class Query(Named):
    """Somebody who looks for topics: a text, or a history of projects."""

    id: str = Field(alias="qid", pattern=r"^\S+$")
    text: str = ""
    profile: tuple[Project, ...] = ()
    stratum: str = THEMATIC

    @model_validator(mode="after")
    def _asks_something(self) -> "Query":
        if not self.text.strip() and not self.profile:
            raise PydanticCustomError("asks_nothing", "has neither a text nor a profile")
        return self


@dataclass(frozen=True, slots=True)
class Variant:
    """A task of the benchmark."""

    name: str
    pool: str
    """The documents that are ranked are those with this among their pools."""
    reads: str
    """What the baselines read of a document, in words; Callwatch reads everything."""
    text_of: Callable[[Document], str]
    """Returns what the baselines read of a document."""


def title(document: Document) -> str:
    """Return the title alone."""
    return document.title


def heading(document: Document) -> str:
    """Return title, keywords and destination."""
    return " ".join((document.title, *document.keywords, document.destination))


def everything(document: Document) -> str:
    """Return all that is said."""
    return " ".join((heading(document), document.call_title, document.description))


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("b-open", "open", "everything", everything),
        Variant("b-history", "new", "title, keywords, destination", heading),
        Variant("a-objective", "all", "the title", title),
        Variant("c-keywords", "all", "the title", title),
        Variant("d-publications", "all", "the title", title),
        Variant("a-open", "open", "everything", everything),
    )
}
"""The tasks that are known, those of an alert first; texts as the benchmark's authors chose."""


@dataclass(frozen=True, slots=True)
class Task:
    """A variant with what has to be ranked, for whom, and what is right."""

    variant: Variant
    documents: tuple[Document, ...]
    """By id, which decides between equal scores."""
    queries: tuple[Query, ...]
    judgements: Judgements


def read_tasks(folder: Path, names: Iterable[str]) -> tuple[Task, ...]:
    """Return the tasks with these ``names``, or all that ``folder`` has where none is named.

    Raises:
        ConfigurationError: If a name is unknown, or a file is missing or has a wrong line.
    """
    wanted = tuple(names) or variants_in(folder)
    if unknown := [name for name in wanted if name not in VARIANTS]:
        raise ConfigurationError(
            f"{unknown[0]!r}: no such variant; known are {', '.join(VARIANTS)}"
        )
    documents = read_documents(_file(folder, "docs.jsonl"))
    return tuple(_read_task(folder, VARIANTS[name], documents) for name in wanted)


def variants_in(folder: Path) -> tuple[str, ...]:
    """Return the variants of which ``folder`` has the queries.

    Raises:
        ConfigurationError: If it has none.
    """
    found = tuple(name for name in VARIANTS if _file(folder, f"queries-{name}.jsonl").exists())
    if not found:
        raise ConfigurationError(f"{folder}: no benchmark here (no file queries-….jsonl.gz)")
    return found


def read_documents(path: Path) -> tuple[Document, ...]:
    """Return the documents in a file of JSON lines, by id."""
    return tuple(sorted(read_records(path, Document), key=lambda document: document.id))


def read_queries(path: Path) -> tuple[Query, ...]:
    """Return the queries in a file of JSON lines."""
    return read_records(path, Query)


def read_judgements(path: Path) -> Judgements:
    """Return the right documents of each query, from lines ``qid 0 topic grade``."""
    found: dict[str, dict[str, int]] = {}
    for number, line in read_lines(path):
        try:
            query, _, document, grade = line.split()
            graded = int(grade)
        except ValueError as error:
            reason = f"no judgement like 'qid 0 topic 1': {line.strip()!r}"
            raise ConfigurationError(f"{path}:{number}: {reason}") from error
        if graded > 0:
            found.setdefault(query, {})[document] = graded
    return found


def pooled(documents: Iterable[Document], pool: str) -> tuple[Document, ...]:
    """Return those of ``documents`` that belong to ``pool``.

    Raises:
        ConfigurationError: If none does.
    """
    found = tuple(document for document in documents if pool in document.pools)
    if not found:
        raise ConfigurationError(f"no document has {pool!r} among its pools")
    return found


def _read_task(folder: Path, variant: Variant, documents: Iterable[Document]) -> Task:
    path = _file(folder, f"queries-{variant.name}.jsonl")
    queries = read_queries(path)
    judgements = read_judgements(_file(folder, f"qrels-{variant.name}.txt"))
    if unjudged := [query.id for query in queries if query.id not in judgements]:
        raise ConfigurationError(f"{path}: no document is right for {unjudged[0]}")
    return Task(variant, pooled(documents, variant.pool), queries, judgements)


def _file(folder: Path, name: str) -> Path:
    """Return the file with this ``name``, or with that of the packed one where there is none."""
    plain = folder / name
    return plain if plain.exists() else folder / f"{name}{PACKED}"
