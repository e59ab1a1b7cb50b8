"""A tag for templates whose words are rendered once for equal values, however many readers ask."""

from collections.abc import Callable, Hashable

from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from config.memory import Memory

MOST = 4_000
"""Pieces kept at most, of all templates of a folder in one language."""


class Remembered(Extension):
    """Render ``{% remembered value %} … {% endremembered %}`` once for equal values.

    What stands between may depend on ``value`` and on the environment, and on nothing else.
    """

    tags = {"remembered"}  # noqa: RUF012 - declared so by the class above

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._memory: Memory[str] = Memory(MOST)

    def parse(self, parser: Parser) -> nodes.Node:
        """Return the node of the tag, which asks here for its words."""
        line = next(parser.stream).lineno
        value = parser.parse_tuple()
        body = parser.parse_statements(("name:endremembered",), drop_needle=True)
        place = nodes.Const(f"{parser.name}:{line}")
        call = self.call_method("_words", [place, value])
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _words(self, place: str, value: Hashable, caller: Callable[[], str]) -> str:
        return self._memory.of((place, value), caller)
