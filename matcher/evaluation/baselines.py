"""Well-known ways to rank, tuned by nobody: what Callwatch has to be better than.

They read of a document what the authors of the benchmark let theirs read (``VARIANTS``). Of some
twenty settings these come nearest to the figures that the authors published: Snowball's stems with
the defaults of ``bm25s``; of a history, all words of its projects for BM25 and TF-IDF, and for the
model the mean of its projects' vectors.
"""

from collections.abc import Sequence

import bm25s
import numpy as np
import Stemmer
from sklearn.feature_extraction.text import TfidfVectorizer

from matcher.evaluation.benchmark import Query, Task
from matcher.evaluation.ranking import Reader, Scores

RRF_K = 60
"""As in Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, SIGIR 2009."""


def baselines(task: Task, reader: Reader) -> dict[str, Scores]:
    """Return the scores of each baseline for ``task``, by name."""
    texts = [task.variant.text_of(document) for document in task.documents]
    queries = [joined(query) for query in task.queries]
    bm25 = bm25_scores(texts, queries)
    model = model_scores(texts, [parts(query) for query in task.queries], reader)
    return {
        "BM25": bm25,
        "TF-IDF": tfidf_scores(texts, queries),
        "bare model": model,
        "RRF": reciprocal_ranks(bm25, model),
    }


def joined(query: Query) -> str:
    """Return all that ``query`` says as one text, for counting words."""
    projects = (f"{p.title} {p.objective} {p.keywords}" for p in query.profile)
    return " ".join((query.text, *projects)).strip()


def parts(query: Query) -> list[str]:
    """Return the texts of ``query`` that the bare model reads one by one: each project is one."""
    projects = [f"{project.title}. {project.objective}" for project in query.profile]
    return [*filter(str.strip, [query.text]), *projects]


def bm25_scores(texts: Sequence[str], queries: Sequence[str]) -> Scores:
    """Return the BM25 of ``bm25s`` as it comes, k1 1.5 and b 0.75, over English stems."""
    index = bm25s.BM25()
    index.index(_tokens(texts), show_progress=False)
    none = np.zeros(len(texts))
    found = [index.get_scores(words) if words else none for words in _tokens(queries)]
    return np.array(found, np.float64)


def _tokens(texts: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = bm25s.tokenize(
        list(texts),
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return found


def tfidf_scores(texts: Sequence[str], queries: Sequence[str]) -> Scores:
    """Return the cosine of TF-IDF vectors; a word said often counts by its logarithm."""
    model = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    documents = model.fit_transform(texts)
    scores: Scores = (model.transform(queries) @ documents.T).toarray()
    return scores


def model_scores(texts: Sequence[str], queries: Sequence[Sequence[str]], reader: Reader) -> Scores:
    """Return the mean cosine of the parts of each query to each text; the model cuts long ones."""
    documents = reader.documents(texts)
    wanted = reader.queries([part for query in queries for part in query])
    sizes = np.array([len(query) for query in queries])
    starts = np.cumsum(sizes) - sizes
    means = np.add.reduceat(wanted, starts, axis=0) / sizes[:, np.newaxis]
    return np.asarray(means @ documents.T, np.float64)


def reciprocal_ranks(*several: Scores) -> Scores:
    """Return the reciprocal rank fusion of ``several`` scores.

    >>> reciprocal_ranks(np.array([[9.0, 1.0]]), np.array([[8.0, 2.0]])).round(4).tolist()
    [[0.0328, 0.0323]]
    """
    fused: Scores = sum((1 / (RRF_K + ranks(scores)) for scores in several), np.zeros(1))
    return fused


def ranks(scores: Scores) -> Scores:
    """Return the rank of each document, from 1; equal scores keep their order.

    >>> ranks(np.array([[0.2, 0.9, 0.9]])).tolist()
    [[3.0, 1.0, 2.0]]
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    places: Scores = np.argsort(order, axis=1, kind="stable") + np.float64(1)
    return places
