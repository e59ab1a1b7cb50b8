"""Training of the adapter: a project and the topic that funded it should have like vectors.

Usage: python -m matcher.adapter.training BENCHMARK OUT [--epochs 3] [--folds 3]

BENCHMARK is a folder with ``docs.jsonl.gz`` and ``projects-train.jsonl.gz``. Of each pair the model
sees another view in every epoch: a project as its keywords, a few sentences, or title and
objective; a topic as its title, with keywords and destination, or as a window of its full text.
The other topics of a batch are what a project must be told apart from. Some six minutes on two
quiet cores; the same seed and release of PyTorch give the same file.
"""

import argparse
import json
import math
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from rich.progress import track
from torch import nn
from torch.nn import functional

from config.errors import ConfigurationError
from matcher.adapter.folds import fold_file, fold_of
from matcher.adapter.low_rank import Update, adapter_of, centre_file, keep_updates
from matcher.embedder import Vectors, model_of
from matcher.evaluation.benchmark import THEMATIC
from matcher.evaluation.lines import read_lines
from matcher.model_files import load, source_of

RANK = 16
FIRST_LAYER = 2
"""Those below see words rather than meaning; leaving them alone saves a third of the time."""
BATCH = 48
LEARNING_RATE = 5e-4
TEMPERATURE = 0.05
QUERY_TOKENS, TOPIC_TOKENS = 80, 64
WINDOW_WORDS = 90
SEED = 1
STRENGTH = 0.6
"""How much of what was learned is kept: histories are ranked best by weights between the old and
the new (Wortsman et al., https://arxiv.org/abs/2109.01903)."""

_LAYER = re.compile(r"^encoder\.layer\.(\d+)\.")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a project was funded under."""

    id: str
    title: str
    keywords: tuple[str, ...]
    destination: str
    description: str


@dataclass(frozen=True, slots=True)
class Project:
    """What was funded."""

    topic_id: str
    title: str
    objective: str
    keywords: str


class LowRank(nn.Module):
    """A layer, and beside it the product of two small matrices."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return what the changed layer makes of ``states``."""
        changed = functional.linear(functional.linear(states, self.down), self.up)
        return torch.add(self.layer(states), changed)


class Encoder:
    """A model whose low-rank updates can be learned."""

    def __init__(self, model: str) -> None:
        self._model = load(source_of(model))
        network = self._model.transformers_model
        if network is None:
            raise ConfigurationError(f"{model!r} has no transformer to learn updates of")
        self._network: nn.Module = network
        self._network.requires_grad_(requires_grad=False)
        for module in self._network.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        self.updates = dict(self._opened())

    def _opened(self) -> Iterator[tuple[str, LowRank]]:
        for name, layer in list(self._network.named_modules()):
            found = _LAYER.match(name)
            if isinstance(layer, nn.Linear) and found and int(found[1]) >= FIRST_LAYER:
                update = LowRank(layer, RANK)
                self._network.set_submodule(name, update)
                yield name, update

    def parameters(self) -> list[nn.Parameter]:
        """Return what is learned."""
        return [part for update in self.updates.values() for part in (update.down, update.up)]

    def vectors(self, texts: Sequence[str], tokens: int) -> torch.Tensor:
        """Return (n, d) rows of length 1; of each text the first ``tokens`` are read."""
        read = self._model.tokenizer(
            list(texts), padding=True, truncation=True, max_length=tokens, return_tensors="pt"
        )
        states = self._network(**read).last_hidden_state
        mask = read["attention_mask"].unsqueeze(-1)
        return functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def project_view(project: Project, chance: random.Random) -> str:
    """Return one of the ways in which a group could describe ``project``."""
    draw = chance.random()
    if draw < 0.15 and project.keywords:
        return project.keywords
    if draw < 0.45:
        sentences = _SENTENCE_END.split(project.objective)
        start = chance.randrange(max(1, len(sentences) - 2))
        return " ".join(sentences[start : start + 3])
    if draw < 0.6:
        return f"{project.title}. {project.keywords}"
    return f"{project.title}. {project.objective}"


def topic_view(topic: Topic, chance: random.Random) -> str:
    """Return one of the ways in which ``topic`` is read."""
    draw = chance.random()
    if topic.description and draw < 0.5:
        words = topic.description.split()
        start = chance.randrange(max(1, len(words) - WINDOW_WORDS))
        window = " ".join(words[start : start + WINDOW_WORDS])
        return f"{topic.title}. {window}" if draw < 0.3 else window
    if draw < 0.35:
        return topic.title
    keywords = chance.sample(topic.keywords, len(topic.keywords))
    return f"{topic.title}. {', '.join(keywords)}. {topic.destination}"


def contrast(projects: torch.Tensor, topics: torch.Tensor, ids: Sequence[str]) -> torch.Tensor:
    """Return the loss of telling each project's topic from the others of the batch, both ways."""
    names = np.array(ids)
    same = (names[:, None] == names[None]) & ~np.eye(len(names), dtype=bool)
    logits = (projects @ topics.T / TEMPERATURE).masked_fill(torch.from_numpy(same), -1e4)
    right = torch.arange(len(names))
    both = functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)
    return both / 2


def train(
    topics: dict[str, Topic], projects: Sequence[Project], epochs: float
) -> dict[str, Update]:
    """Return the updates learned from ``projects`` and their ``topics``, by name of the layer.

    Raises:
        ConfigurationError: If there are too few projects.
    """
    if len(projects) < BATCH:
        raise ConfigurationError(f"{len(projects)} projects are fewer than a batch of {BATCH}")
    torch.manual_seed(SEED)
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    encoder = Encoder("")
    steps = max(1, int(epochs * len(projects) / BATCH))
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    batches = islice(_batches(projects, chance), steps)
    for batch in track(batches, "training", total=steps):
        views = [project_view(project, chance) for project in batch]
        read = [topic_view(topics[project.topic_id], chance) for project in batch]
        loss = contrast(
            encoder.vectors(views, QUERY_TOKENS),
            encoder.vectors(read, TOPIC_TOKENS),
            [project.topic_id for project in batch],
        )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # PyTorch's
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return {name: _kept(update) for name, update in encoder.updates.items()}


def centre_of(adapter: Path, projects: Sequence[Project]) -> Vectors:
    """Return (d,) the mean vector of ``projects``, as the model with ``adapter`` reads them."""
    model = model_of("", adapter=adapter_of(adapter))
    texts = sorted(f"{project.title}. {project.objective}" for project in projects)
    rows = [model.queries.encode(texts[at : at + BATCH]) for at in _steps(len(texts))]
    mean: Vectors = np.concatenate(rows).mean(axis=0)
    return mean


def _steps(count: int) -> Iterable[int]:
    return track(range(0, count, BATCH), "reading what was learned from")


def _rate(step: int, steps: int) -> float:
    """Return the share of the learning rate: up over a tenth of the way, then down to nothing."""
    return min(1.0, (step + 1) / math.ceil(0.1 * steps)) * max(0.0, 1 - step / steps)


def _batches(items: Sequence[Item], chance: random.Random) -> Iterator[list[Item]]:
    while True:
        mixed = chance.sample(items, len(items))
        for start in range(0, len(mixed) - BATCH + 1, BATCH):
            yield mixed[start : start + BATCH]


def _kept(update: LowRank) -> Update:
    down, up = update.down.detach().numpy(), STRENGTH * update.up.detach().numpy()
    return down.astype(np.float16), up.astype(np.float16)


def read_topics(folder: Path) -> dict[str, Topic]:
    """Return the thematic topics of a benchmark by their id."""
    found = (
        Topic(r["id"], r["title"], tuple(r["keywords"]), r["destination"], r["description"])
        for r in _records(folder / "docs.jsonl.gz")
        if r["stratum"] == THEMATIC
    )
    return {topic.id: topic for topic in found}


def read_projects(folder: Path) -> list[Project]:
    """Return the projects of a benchmark that were made for training."""
    return [
        Project(r["topic_id"], r["title"], r["objective"], r["keywords"] or "")
        for r in _records(folder / "projects-train.jsonl.gz")
    ]


def _records(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]  # of any kind
    return (json.loads(line) for _, line in read_lines(path))


def main() -> None:
    """Read the options, train, and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benchmark", type=Path)
    parser.add_argument(
        "out", type=Path, help="file to write, *.safetensors; with --folds a folder"
    )
    parser.add_argument("--epochs", type=float, default=3.0)
    parser.add_argument(
        "--folds",
        type=int,
        help="train an adapter for each of so many folds of topics, on the others: "
        "callwatch evaluate --folds OUT then ranks a topic by one that never saw it",
    )
    options = parser.parse_args()
    topics = read_topics(options.benchmark)
    projects = [p for p in read_projects(options.benchmark) if p.topic_id in topics]
    if options.folds is None:
        learn(topics, projects, options.epochs, options.out)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    for fold in range(options.folds):
        rest = [p for p in projects if fold_of(p.topic_id, options.folds) != fold]
        learn(topics, rest, options.epochs, fold_file(options.out, fold))


def learn(topics: dict[str, Topic], projects: Sequence[Project], epochs: float, out: Path) -> None:
    """Write to ``out`` what is learned from ``projects``, and beside it their mean vector."""
    keep_updates(out, train(topics, projects, epochs))
    np.save(centre_file(out), centre_of(out, projects))


if __name__ == "__main__":
    main()
