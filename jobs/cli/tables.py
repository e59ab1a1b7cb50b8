"""Tables that fit the terminal: what a person copies is never cut, and text is not markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

ONE_LINE = 100
"""Columns of a terminal from which on a topic and its title stand side by side."""

GAP = 2
"""Columns between two texts of a row."""

Cell = str | Text


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A row about a topic."""

    before: Sequence[str]
    topic_id: str
    says: str
    """Its title, or what became of it."""
    below: Sequence[str] = ()
    """What else there is to say, a line each."""


def plain_table(names: Iterable[str]) -> Table:
    """Return an empty table in which a long word goes on in the next line."""
    table = Table(box=None, header_style="bold", padding=(0, GAP, 0, 0))
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def add_line(table: Table, cells: Iterable[Cell]) -> None:
    """Add a row; brackets in a text stay brackets."""
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def topic_table(
    names: Sequence[str], lines: Iterable[TopicLine], width: int, about: str = "title"
) -> Table:
    """Return a row for each topic: one line where ``width`` allows it, else its title below it.

    Args:
        names: Headings of what stands before the topic.
        lines: The rows.
        width: Columns of the terminal.
        about: Heading of what is said about the topic.
    """
    one_line, lines = width >= ONE_LINE, list(lines)
    headings = (*names, "topic", about) if one_line else (*names, "topic")
    rows = [_side_by_side(line) if one_line else _stacked(line) for line in lines]
    table = plain_table(headings)
    for column in table.columns[:-1]:
        column.no_wrap = True
    room = width - GAP - sum(_widest(rows, headings, at) for at in range(len(headings) - 1))
    for line, row in zip(lines, rows, strict=True):
        if one_line:
            row[-1].truncate(room, overflow="ellipsis")
        row[-1] = Text("\n").join([row[-1], *map(Text, line.below)])
        add_line(table, row)
    return table


def _side_by_side(line: TopicLine) -> list[Text]:
    return [*map(Text, line.before), Text(line.topic_id), Text(line.says)]


def _stacked(line: TopicLine) -> list[Text]:
    both = Text.assemble(line.topic_id, "\n", (line.says, "italic"))
    return [*map(Text, line.before), both]


def _widest(rows: Sequence[Sequence[Text]], headings: Sequence[str], at: int) -> int:
    """Return the columns that the texts at one place take, with the gap behind them."""
    return max([len(headings[at]), *(row[at].cell_len for row in rows)]) + GAP
