"""The production ranking of documents for queries: the one place that knows the stages."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from matcher.corpus import Corpus, corpus_of, cut, wanted_of, wholes
from matcher.embedder import Vectors
from matcher.evaluation.benchmark import Document, Query
from matcher.stages import SCORING, Candidate, Candidates, Context, weights_of
from matcher.text import facets
from store.models import Opportunity, Profile

Scores = NDArray[np.float64]
"""(queries, documents); the higher, the better."""

Embed = Callable[[Sequence[str]], Vectors]
"""Returns a row of length 1 for each text."""

NOW = datetime(2024, 5, 21, tzinfo=UTC)
"""When the topics of the pool ``open`` were open; none of the stages that score asks."""

# The benchmark keeps a description on one line, the portal's headings within it.
_HEADING = re.compile(r"(Expected Outcome|Expected Impact|Scope|Objective|Specific Challenge):")


@dataclass(frozen=True, slots=True)
class Reader:
    """The two ways in which a model reads; one and the same where it makes no difference."""

    queries: Embed
    documents: Embed


def ranked(
    opportunities: Sequence[Opportunity], profiles: Sequence[Profile], reader: Reader
) -> Scores:
    """Return how well each of ``opportunities`` fits each of ``profiles``."""
    found = scored(opportunities, profiles, reader)
    return np.array([[candidate.score for candidate in row] for row in found], np.float64)


def scored(
    opportunities: Sequence[Opportunity], profiles: Sequence[Profile], reader: Reader
) -> Iterator[Candidates]:
    """Yield all ``opportunities``, in their order, as scored for each of ``profiles``."""
    corpus = _corpus(opportunities, reader.documents)
    wants = [facets(profile) for profile in profiles]
    texts = [[text for facet in found for text in facet.texts] for found in wants]
    vectors = reader.queries([text for found in texts for text in found])
    rows = np.split(vectors, np.cumsum([len(found) for found in texts])[:-1])
    weights = weights_of(corpus)
    for profile, found, its_rows in zip(profiles, wants, rows, strict=True):
        wanted = wanted_of(found, its_rows)
        yield _scored(Context(profile, wanted, corpus, NOW, weights=weights))


def _corpus(opportunities: Sequence[Opportunity], embed: Embed) -> Corpus:
    passages = cut(opportunities)
    vectors = embed([passage.text for found in passages for passage in found])
    return corpus_of(opportunities, passages, vectors, embed(wholes(opportunities)))


def _scored(context: Context) -> Candidates:
    candidates: Candidates = [
        Candidate(opportunity, at) for at, opportunity in enumerate(context.corpus.opportunities)
    ]
    for stage in SCORING:
        candidates = stage(candidates, context)
    return candidates


def as_opportunity(document: Document) -> Opportunity:
    """Return a document as the matcher reads an opportunity."""
    before, *parts = _HEADING.split(document.description)
    sections = [("", before), *zip(parts[::2], parts[1::2], strict=True)]
    return Opportunity(
        topic_id=document.id,
        reference=document.id,
        title=document.title,
        call_title=document.call_title,
        destination=document.destination,
        keywords=list(document.keywords),
        tags=[],
        sections=[{"label": label, "text": text} for label, text in sections if text.strip()],
    )


def as_profile(query: Query) -> Profile:
    """Return a query as a profile: its text the description, each project of a history a facet."""
    projects = [f"{project.title}. {project.objective}" for project in query.profile]
    return Profile(slug=query.id, text=query.text, keywords=[], facets=projects)
