"""The production ranking of documents for queries: the one place that knows the stages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.adapter.folds import fold_of
from matcher.corpus import Embed, corpus_of, wants_of
from matcher.embedder import Vectors
from matcher.evaluation.benchmark import Document, Query
from matcher.measures import measured
from matcher.stages import Candidates, Context, everything, fuse, weights_of
from store.models import Opportunity, Profile

Scores = NDArray[np.float64]
"""(queries, documents); the higher, the better."""

# The benchmark keeps a description on one line, the portal's headings within it.
_HEADING = re.compile(r"(Expected Outcome|Expected Impact|Scope|Objective|Specific Challenge):")


@dataclass(frozen=True, slots=True)
class Reader:
    """The two ways in which a model reads; one and the same where it makes no difference."""

    queries: Embed
    documents: Embed
    centre: Vectors | None = None


def ranked(
    opportunities: Sequence[Opportunity], profiles: Sequence[Profile], reader: Reader
) -> Scores:
    """Return how well each of ``opportunities`` fits each of ``profiles``."""
    found = [candidates.scores for _, candidates in scored(opportunities, profiles, reader)]
    return np.array(found, np.float64)


def cross_ranked(
    opportunities: Sequence[Opportunity], profiles: Sequence[Profile], readers: Sequence[Reader]
) -> Scores:
    """Return the same, each topic scored by the reader of its fold; one reader has them all."""
    folds = np.array([fold_of(found.topic_id, len(readers)) for found in opportunities])
    return np.choose(folds, [ranked(opportunities, profiles, reader) for reader in readers])


def scored(
    opportunities: Sequence[Opportunity], profiles: Sequence[Profile], reader: Reader
) -> Iterator[tuple[Context, Candidates]]:
    """Yield all ``opportunities``, in their order, as scored for each of ``profiles``."""
    corpus = corpus_of(opportunities, reader.documents, reader.centre)
    wants = tuple(wants_of(profiles, reader.queries))
    everywhere = np.ones(len(opportunities), bool)
    for profile, wanted, given in zip(profiles, wants, measured(corpus, wants), strict=True):
        weights = weights_of(corpus)
        context = Context(profile, wanted, corpus, given, everywhere, weights=weights)
        yield context, fuse(everything(corpus), context)


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
