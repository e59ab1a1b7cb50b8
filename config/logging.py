"""How log lines look: constant messages with named values, on stderr."""

import json
import logging
import sys
from typing import Literal

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_LOUD = (
    "scrapy", "twisted", "urllib3", "apscheduler", "alembic", "httpx", "sentence_transformers",
    "asyncio",
)  # fmt: skip


class TextFormatter(logging.Formatter):
    """A line for people: time, level, message, then ``name=value`` of what varies."""

    def format(self, record: logging.LogRecord) -> str:
        """Return ``record`` on one line, followed by its traceback where it has one."""
        values = " ".join(f"{name}={value!r}" for name, value in _extras(record).items())
        level = record.levelname.lower()
        line = f"{self.formatTime(record)} {level} {record.getMessage()} {values}".rstrip()
        if record.exc_info and _in_full():
            line += "\n" + self.formatException(record.exc_info)
        return line


class JsonFormatter(logging.Formatter):
    """A line for machines: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return ``record`` as JSON."""
        document = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info and _in_full():
            document["traceback"] = self.formatException(record.exc_info)
        return json.dumps(document, default=str, ensure_ascii=False)


def _in_full() -> bool:
    """Return whether tracebacks are wanted: at the level of debug."""
    return logging.getLogger().isEnabledFor(logging.DEBUG)


def _extras(record: logging.LogRecord) -> dict[str, object]:
    error = record.exc_info[1] if record.exc_info else None
    reason = {"error": f"{type(error).__name__}: {error}"} if error else {}
    return reason | {
        name: value
        for name, value in vars(record).items()
        if name not in _STANDARD and name not in {"spider", "crawler"}
    }


def _is_ours(record: logging.LogRecord) -> bool:
    """Return whether a line is for our reader: libraries are heard from errors on."""
    return record.levelno >= logging.ERROR or record.name.split(".")[0] not in _LOUD


def set_up_logging(log_format: Literal["text", "json"], level: str) -> None:
    """Send every log line of this process to stderr, those of libraries from errors on.

    Args:
        log_format: For people or for machines.
        level: ``debug``, ``info``, ``warning`` or ``error``; libraries are heard in full at debug.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    handler.setLevel(level.upper())
    if level != "debug":
        handler.addFilter(_is_ours)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
