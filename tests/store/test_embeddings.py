"""Vectors are kept by model and text."""

from sqlalchemy.orm import Session

from store.embeddings import (
    forget_models,
    forget_texts,
    hash_of_text,
    keep_vectors,
    kept_hashes,
    kept_vectors,
    vectors_by_model,
)


def test_what_was_kept_is_found_under_its_own_model_only(session: Session) -> None:
    keep_vectors(session, "m1", {"a": b"1", "b": b"2"})
    assert kept_vectors(session, "m1", ["a", "c"]) == {"a": b"1"}
    assert kept_vectors(session, "m2", ["a"]) == {}


def test_a_vector_that_is_there_stays(session: Session) -> None:
    keep_vectors(session, "m", {"a": b"1"})
    keep_vectors(session, "m", {"a": b"other", "b": b"2"})
    assert kept_vectors(session, "m", ["a", "b"]) == {"a": b"1", "b": b"2"}


def test_more_hashes_than_one_query_takes_are_found(session: Session) -> None:
    vectors = {hash_of_text(str(n)): str(n).encode() for n in range(1203)}
    keep_vectors(session, "m", vectors)
    assert kept_vectors(session, "m", vectors) == vectors


def test_nothing_to_keep_is_no_error(session: Session) -> None:
    keep_vectors(session, "m", {})
    assert kept_vectors(session, "m", []) == {}


def test_models_are_told_with_how_many_vectors_they_have(session: Session) -> None:
    keep_vectors(session, "m1", {"a": b"1", "b": b"2"})
    keep_vectors(session, "m2", {"a": b"3"})
    assert vectors_by_model(session) == {"m1": 2, "m2": 1}
    assert kept_hashes(session, "m1") == {"a", "b"}


def test_vectors_of_other_models_are_forgotten(session: Session) -> None:
    for model in ("m1", "m2", "m3"):
        keep_vectors(session, model, {"a": b"1"})
    forget_models(session, {"m1", "m3"})
    assert vectors_by_model(session) == {"m1": 1, "m3": 1}


def test_vectors_of_texts_nobody_has_are_forgotten(session: Session) -> None:
    keep_vectors(session, "m1", {str(n): b"1" for n in range(1203)})
    keep_vectors(session, "m2", {"0": b"1", "5": b"1"})
    assert forget_texts(session, ["0", "1202"]) == 1201
    assert kept_hashes(session, "m1") == {"0", "1202"}
    assert kept_hashes(session, "m2") == {"0"}
