"""What a vector depends on, in one readable line: the key under which it is kept."""

import json
import re
from dataclasses import dataclass

_LINE = re.compile(
    r"(?P<name>.+)@(?P<revision>[^@/\s]+)/(?P<max_length>\d+)/(?P<dimension>\d+)"
    r'(?: (?P<reading>".+"))?'
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A model and the way it reads a text; what differs in any part makes other vectors."""

    name: str
    """The embedded model's, a name on the hub, or that of a folder."""
    revision: str
    """First digits of the hash of the weights, and of an adapter's where there is one."""
    max_length: int
    """Most tokens that are read of a text; 0 where the model states none."""
    dimension: int
    reading: str = ""
    """The prompt before each text, where there is one."""

    def __str__(self) -> str:
        """Return the key.

        >>> str(Identity("e5", "0a1b2c", 512, 384, "query: "))
        'e5@0a1b2c/512/384 "query: "'
        """
        line = f"{self.name}@{self.revision}/{self.max_length}/{self.dimension}"
        return f"{line} {json.dumps(self.reading)}" if self.reading else line


def read_identity(key: str) -> Identity | None:
    """Return what ``key`` says; None where it was written in another way.

    >>> read_identity('e5@0a1b2c/512/384 "query: "')
    Identity(name='e5', revision='0a1b2c', max_length=512, dimension=384, reading='query: ')
    """
    found = _LINE.fullmatch(key)
    if found is None:
        return None
    return Identity(
        name=found["name"],
        revision=found["revision"],
        max_length=int(found["max_length"]),
        dimension=int(found["dimension"]),
        reading=json.loads(found["reading"]) if found["reading"] else "",
    )
