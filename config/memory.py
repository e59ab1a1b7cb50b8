"""What many ask for and is made once."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Keeps what was made for each key; all is forgotten when it becomes too much.

    >>> memory = Memory[int](most=1)
    >>> memory.of("one", lambda: 1), memory.of("one", lambda: 2), memory.of("two", lambda: 2)
    (1, 1, 2)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Hashable, Value] = {}

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept for ``key``; what ``make`` returns, where nothing is."""
        try:
            return self._made[key]
        except KeyError:
            if len(self._made) >= self._most:
                self._made.clear()
            return self._made.setdefault(key, make())
