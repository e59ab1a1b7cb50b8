"""A change of model without a gap: vectors made earlier serve until the new ones are there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Engine, select

from config.errors import ConfigurationError
from matcher.corpus import offered_texts, sought_texts
from matcher.embedder import Embedder, TextModel, Vectors
from matcher.identity import Identity, read_identity
from matcher.vectors import embedded
from store.db import session_scope
from store.embeddings import (
    forget_models,
    forget_texts,
    hash_of_text,
    kept_hashes,
    vectors_by_model,
)
from store.models import Opportunity, Profile
from store.opportunities import recent_opportunities
from store.profiles import all_profiles

FEW = 500
"""Missing vectors that a run of the matcher makes itself: half a minute on two cores."""
STEP = 256
"""Texts between two looks at whether to go on."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What has to be embedded."""

    documents: tuple[str, ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the vectors of a model are made."""

    made: int
    wanted: int

    @property
    def missing(self) -> int:
        """Return how many texts have no vector yet."""
        return self.wanted - self.made


class EarlierEmbedder:
    """Vectors that a model made before another one was set; opened for texts without one only."""

    def __init__(self, identity: Identity, open_model: Callable[[str], TextModel]) -> None:
        self._identity = identity
        self._open_model = open_model

    @property
    def model_id(self) -> str:
        """Return the key of its vectors."""
        return str(self._identity)

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return self._identity.dimension

    @property
    def can_encode(self) -> bool:
        """Return whether the model can still be had as it was."""
        try:
            return bool(self._embedder)
        except ConfigurationError:
            return False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each of ``texts``.

        Raises:
            ConfigurationError: If the model cannot be had any more, or has changed.
        """
        return self._embedder.encode(texts)

    @cached_property
    def _embedder(self) -> Embedder:
        model = self._open_model(self._identity.name)
        for embedder in (model.documents, model.queries):
            if embedder.model_id == self.model_id:
                return embedder
        raise ConfigurationError(f"{self._identity.name} makes other vectors than it did")


def texts_of(opportunities: Collection[Opportunity], profiles: Collection[Profile]) -> Texts:
    """Return what is embedded of ``opportunities`` and ``profiles``, each text once."""
    documents = offered_texts(tuple(opportunities))
    queries = sought_texts(tuple(profiles))
    return Texts(tuple(dict.fromkeys(documents)), tuple(dict.fromkeys(queries)))


def current_texts(engine: Engine, now: datetime) -> Texts:
    """Return what a run of the matcher needs vectors of."""
    with session_scope(engine) as session:
        return texts_of(recent_opportunities(session, now), all_profiles(session))


def standing(engine: Engine, model: TextModel, texts: Texts) -> Standing:
    """Return how many of ``texts`` have a vector of ``model``."""
    by_key = _by_key(model, texts)
    wanted = sum(len(found) for _, found in by_key)
    return Standing(wanted - sum(len(_missing(engine, *pair)) for pair in by_key), wanted)


def serving_model(
    engine: Engine, model: TextModel, texts: Texts, open_model: Callable[[str], TextModel]
) -> TextModel:
    """Return ``model``, or while it lacks many vectors the earlier one that lacks few.

    Args:
        engine: Of the store.
        model: The one that is set.
        texts: Those of the run.
        open_model: Opens an earlier model by its name, for texts that came since.
    """
    if standing(engine, model, texts).missing <= FEW:
        return model
    candidates = [
        (standing(engine, earlier, texts).missing, earlier)
        for earlier in _earlier_models(engine, model, texts, open_model)
    ]
    missing, earlier = min(candidates, key=lambda pair: pair[0], default=(FEW + 1, model))
    return earlier if missing == 0 or (missing <= FEW and _can_encode(earlier)) else model


def re_embed(
    engine: Engine, model: TextModel, texts: Texts, goes_on: Callable[[], bool]
) -> Standing:
    """Make the vectors that ``model`` lacks, step by step for as long as it ``goes_on``."""
    for embedder, wanted in _by_key(model, texts):
        missing = _missing(engine, embedder, wanted)
        for start in range(0, len(missing), STEP):
            if not goes_on():
                return standing(engine, model, texts)
            embedded(engine, embedder, missing[start : start + STEP])
    return standing(engine, model, texts)


def forget_unused(engine: Engine, model: TextModel) -> int:
    """Delete the vectors of all other models, and of texts that the store no longer has.

    Returns:
        How many texts the store no longer has.
    """
    with session_scope(engine) as session:
        texts = texts_of(session.scalars(select(Opportunity)).all(), all_profiles(session))
        forget_models(session, {model.documents.model_id, model.queries.model_id})
        return forget_texts(session, {hash_of_text(t) for t in texts.documents + texts.queries})


def _by_key(model: TextModel, texts: Texts) -> list[tuple[Embedder, tuple[str, ...]]]:
    """Return each embedder with its texts; one alone where it reads both roles alike."""
    if not (texts.documents or texts.queries):
        return []  # a model need not be loaded to say so
    if model.queries.model_id == model.documents.model_id:
        return [(model.documents, tuple(dict.fromkeys(texts.documents + texts.queries)))]
    return [(model.documents, texts.documents), (model.queries, texts.queries)]


def _missing(engine: Engine, embedder: Embedder, texts: Sequence[str]) -> list[str]:
    """Return those of ``texts`` without a vector, the shortest first."""
    with session_scope(engine) as session:
        kept = kept_hashes(session, embedder.model_id)
    return sorted((text for text in texts if hash_of_text(text) not in kept), key=len)


def _earlier_models(
    engine: Engine, model: TextModel, texts: Texts, open_model: Callable[[str], TextModel]
) -> list[TextModel]:
    """Return the other models that vectors are kept of, each in the roles that it served in."""
    with session_scope(engine) as session:
        found = [identity for key in vectors_by_model(session) if (identity := read_identity(key))]
    ours = {model.documents.model_id, model.queries.model_id}
    families: dict[Identity, list[EarlierEmbedder]] = {}
    for identity in found:
        if str(identity) not in ours:
            family = families.setdefault(replace(identity, reading=""), [])
            family.append(EarlierEmbedder(identity, open_model))
    return [
        TextModel(
            queries=min(family, key=lambda one: len(_missing(engine, one, texts.queries))),
            documents=min(family, key=lambda one: len(_missing(engine, one, texts.documents))),
        )
        for family in families.values()
    ]


def _can_encode(model: TextModel) -> bool:
    """Return whether an earlier model still makes the vectors that it made."""
    both = (model.queries, model.documents)
    return all(isinstance(one, EarlierEmbedder) and one.can_encode for one in both)
