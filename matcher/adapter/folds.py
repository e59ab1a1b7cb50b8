"""Topics dealt into folds, so that each is ranked by an adapter that never saw it."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import count, takewhile
from pathlib import Path


def fold_of(topic_id: str, folds: int) -> int:
    """Return the fold of a topic; the same on every machine.

    >>> fold_of("HORIZON-CL5-2026-09-D3-03", 1)
    0
    """
    digest = blake2b(topic_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % folds


def fold_file(folder: Path, fold: int) -> Path:
    """Return where the adapter that never saw the topics of ``fold`` is kept."""
    return folder / f"fold-{fold}.safetensors"


def fold_files(folder: Path) -> list[Path]:
    """Return the adapters in ``folder``, that of the first fold first."""
    return list(takewhile(Path.is_file, _every(folder)))


def _every(folder: Path) -> Iterator[Path]:
    return (fold_file(folder, fold) for fold in count())
