"""Small tasks, and readers that need no model."""

from collections.abc import Sequence

from matcher.evaluation.benchmark import VARIANTS, Document, Project, Query, Task
from matcher.evaluation.comparison import Models
from matcher.evaluation.ranking import Reader
from tests.matcher.conftest import CountingEmbedder

DOCUMENTS = tuple(
    Document(id=name, title=title, pools=frozenset({"all", "open"}))
    for name, title in (
        ("A-GRID", "A grid with a battery"),
        ("B-SCHOOL", "Every teacher at school"),
        ("C-SHIP", "Ships at sea"),
        ("D-WIND", "Wind at sea"),
    )
)
QUERIES = (
    Query(qid="q1", text="A ship sails the sea"),
    Query(
        qid="q2",
        profile=(
            Project(title="Batteries", objective="For the grid", keywords="storage"),
            Project(title="Wind power"),
        ),
    ),
    Query(qid="q3", text="school", stratum="bottom-up"),
)
JUDGEMENTS = {"q1": {"C-SHIP": 1}, "q2": {"A-GRID": 1, "D-WIND": 1}, "q3": {"B-SCHOOL": 1}}
TASK = Task(VARIANTS["b-open"], DOCUMENTS, QUERIES, JUDGEMENTS)


def counting_models() -> Models:
    reader = counting_reader()
    return Models(ours=[reader], bare=reader)


def counting_reader() -> Reader:
    embedder = CountingEmbedder()
    return Reader(embedder.encode, embedder.encode)


def titles(documents: Sequence[Document]) -> list[str]:
    return [document.title for document in documents]
