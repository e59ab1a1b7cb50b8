"""YAML files read into pydantic models, with errors that name file, line and field."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import ConfigurationError

Document = TypeVar("Document", bound=BaseModel)
Fault = tuple[tuple[int | str, ...], str]
"""Where in a document something is wrong, as keys and places from its root, and what."""


def read_document(path: Path, model: type[Document]) -> Document:
    """Return the YAML file at ``path`` as a ``model``.

    Raises:
        ConfigurationError: If the file is missing, no YAML, or does not fit the model; one line
            for every fault, each ``file:line: field: what is wrong``.
    """
    return read_document_text(path, _text_of(path), model)


def read_document_text(path: Path, text: str, model: type[Document]) -> Document:
    """Return a YAML ``text`` as a ``model``; ``path`` is what errors call it.

    Raises:
        ConfigurationError: As ``read_document``.
    """
    root = _compose(path, text)
    if not isinstance(root, yaml.MappingNode):
        raise ConfigurationError(f"{path}:1: a mapping of fields is expected")
    _refuse_repeated_keys(path, root)
    data = _constructed(path, root)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [
            f"{path}:{_line(root, fault['loc'])}: {told_fault(fault)}"
            for fault in own_faults(error)
        ]
        raise ConfigurationError("\n".join(faults)) from error


def own_faults(error: ValidationError) -> list[ErrorDetails]:
    """Return the faults of ``error``, without lists called too short because of a wrong item."""
    faults = error.errors(include_url=False)
    inside = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    return [f for f in faults if f["type"] != "too_short" or f["loc"] not in inside]


def told_fault(fault: ErrorDetails) -> str:
    """Return what is wrong with a field, and which."""
    field = ".".join(str(part) for part in fault["loc"]) or "file"
    return f"{field}: {_reason(fault['msg'], fault['type'], fault['input'])}"


def refuse_faults(path: Path, faults: Iterable[Fault]) -> None:
    """Raise an error that names the line of each of ``faults``, which only the whole file shows.

    Raises:
        ConfigurationError: If there is any.
    """
    found = list(faults)
    if not found:
        return
    root = _compose(path, _text_of(path))
    lines = [
        f"{path}:{_line(root, place) if root else 1}: {'.'.join(map(str, place))}: {reason}"
        for place, reason in found
    ]
    raise ConfigurationError("\n".join(lines))


def _reason(message: str, kind: str, value: object) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "no such field; check the spelling"
    shown = repr(value)
    return f"{message} (it is {shown if len(shown) <= 80 else shown[:77] + '…'})"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 text (byte {error.start})") from error


def _compose(path: Path, text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: no valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: no valid YAML: {error}") from error


def _constructed(path: Path, root: yaml.Node) -> object:
    loader = yaml.SafeLoader("")
    for node in _scalars(root):
        try:
            loader.construct_object(node)
        except ValueError as error:  # the 30th of February looks like a date
            line = node.start_mark.line + 1
            raise ConfigurationError(f"{path}:{line}: {node.value}: {error}") from error
    try:
        return loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}:{line}: no valid YAML: {error.problem}") from error


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)


def _refuse_repeated_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(path, item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise ConfigurationError(f"{path}:{key.start_mark.line + 1}: {key.value}: stands twice")
        seen.add(key.value)
        _refuse_repeated_keys(path, value)


def _line(node: yaml.Node, location: Sequence[int | str]) -> int:
    """Return the line (from 1) of the deepest part of ``location`` that exists."""
    line = node.start_mark.line + 1
    for part in location:
        found = _child(node, part)
        if found is None:
            return line
        key, node = found
        line = key.start_mark.line + 1
    return line


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None
