"""Vectors are kept by model and text."""

from sqlalchemy.orm import Session

from store.embeddings import hash_of_text, keep_vectors, kept_vectors


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
