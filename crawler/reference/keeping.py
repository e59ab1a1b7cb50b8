"""The copy of grantsTenders.json that is kept, and what is known of it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from crawler.reference.reading import ReferenceFileError

FILE_NAME = "grantsTenders.json"
FORGOTTEN = timedelta(days=1)
"""Age at which the piece of a download that somebody killed is thrown away."""


class KeptFile(BaseModel):
    """What is known of the kept copy; stands beside it in ``grantsTenders.about.json``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    url: str
    size_bytes: NonNegativeInt
    live_grants: NonNegativeInt
    """Open and forthcoming grants with a date ahead on the day of the download."""
    modified_at: datetime
    """When the portal built it (``Last-Modified``); the download where it does not say."""
    checked_at: datetime
    """When the portal was last asked for a newer one."""
    etag: str = ""
    last_modified: str = ""
    """As the portal wrote it, to be sent back."""


class Folder:
    """The folder that the copy is kept in."""

    def __init__(self, path: Path) -> None:
        self.file = path / FILE_NAME
        self.about = path / "grantsTenders.about.json"

    def kept(self, url: str) -> KeptFile | None:
        """Return what is known of the copy of ``url``; None where there is no whole one."""
        try:
            kept = KeptFile.model_validate_json(self.about.read_bytes())
            whole = self.file.stat().st_size == kept.size_bytes
        except (OSError, ValidationError):
            return None
        return kept if whole and kept.url == url else None

    @contextmanager
    def new_file(self, now: datetime) -> Iterator[Path]:
        """Yield the path of an empty file beside the copy; it is gone afterwards unless moved.

        Raises:
            ReferenceFileError: If the folder or its disk does not take it.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._tidy(now)
            handle, name = tempfile.mkstemp(".part", FILE_NAME, self.file.parent)
            os.close(handle)
            path = Path(name)
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ReferenceFileError(f"{self.file.parent}: {error.strerror or error}") from error

    def replace(self, new: Path, about: KeptFile) -> None:
        """Put ``new`` in the place of the copy; whoever reads the old one goes on reading it."""
        new.replace(self.file)
        self.note(about)

    def note(self, about: KeptFile) -> None:
        """Write down what is known of the copy."""
        draft = self.about.with_name(f"{self.about.name}.{os.getpid()}.part")
        draft.write_text(about.model_dump_json(indent=1), encoding="utf-8")
        draft.replace(self.about)

    def _tidy(self, now: datetime) -> None:
        for piece in self.file.parent.glob("grantsTenders*.part"):
            if piece.stat().st_mtime < (now - FORGOTTEN).timestamp():
                piece.unlink(missing_ok=True)
