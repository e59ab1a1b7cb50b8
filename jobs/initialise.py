"""A configuration folder of one's own, and an empty database."""

import shutil
from pathlib import Path

from config.errors import ConfigurationError
from config.settings import SHIPPED

COPIED = (
    "organisation.yaml",
    "accounts.yaml",
    "sources.yaml",
    "erasmus_national.yaml",
    "rules/deadlines.yaml",
    "rules/eligibility.yaml",
    "rules/bottom_up.yaml",
    "rules/internal_deadlines.yaml",
    "profiles/*.yaml",
)
"""What an operator edits; the table of programmes stays with the code."""


def write_configuration(folder: Path) -> list[Path]:
    """Copy the commented example configuration to ``folder``; nothing there is overwritten.

    Returns:
        The files written.

    Raises:
        ConfigurationError: If the folder cannot be written.
    """
    written = []
    for pattern in COPIED:
        for source in sorted(SHIPPED.glob(pattern)):
            target = folder / source.relative_to(SHIPPED)
            try:
                if target.exists():
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
            except OSError as error:
                raise ConfigurationError(
                    f"{target}: cannot be written: {error.strerror}"
                ) from error
            written.append(target)
    return written
