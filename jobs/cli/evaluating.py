"""callwatch evaluate, callwatch rank."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from config.errors import ConfigurationError
from config.settings import read_settings
from jobs.cli.console import AsJson, Now, counted, err, out, print_json
from jobs.cli.context import read_now
from jobs.cli.matching import embedding_bar
from jobs.cli.tables import add_line, plain_table

if TYPE_CHECKING:
    from matcher.evaluation.benchmark import Task
    from matcher.evaluation.comparison import Comparison, Gain
    from matcher.evaluation.measures import Draws, Estimate
    from matcher.model_files import Adapter

INSTALL = "install it with: pip install 'callwatch[evaluate]'"

Cache = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="SQLite file in which vectors are kept, so that the next time is fast; not the "
        "database of Callwatch.",
    ),
]
Folder = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="Holds docs.jsonl.gz, queries-….jsonl.gz and qrels-….txt, plain or packed.",
    ),
]
Lines = Annotated[Path, typer.Option(metavar="FILE", help="JSON lines, packed if it ends in .gz.")]
KEPT = Path("var/evaluation.db")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(evaluate)
    app.command()(rank)


def evaluate(
    folder: Folder,
    variants: Annotated[
        str, typer.Option(metavar="NAMES", help="Such as b-open,a-open; all there are by default.")
    ] = "",
    cache: Cache = KEPT,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every figure to a CSV file.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a picture of the nDCG@10.")
    ] = None,
    folds: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Adapters of folds of topics; each topic is ranked by the one that never saw it.",
        ),
    ] = None,
    resamples: Annotated[int, typer.Option(min=1, help="Draws of the bootstrap.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Where its random numbers begin.")] = 7,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Measure how well the matcher ranks, beside well-known ways to rank.

    A query is a profile for which the right topics are known, because somebody was funded under
    them. Intervals are 95 % of a bootstrap in which queries with the same first right topic are
    drawn together.

    Example: [bold]callwatch evaluate benchmark --variants b-open,b-history[/bold]
    """
    read_now(now)
    with _whatever_it_needs():
        from matcher.evaluation.benchmark import read_tasks
        from matcher.evaluation.measures import Draws
        from matcher.evaluation.plot import write_plot
        from matcher.evaluation.report import write_csv
    tasks = read_tasks(folder, filter(None, variants.split(",")))
    _make_folders(csv, svg)
    found = _compared(tasks, cache, folds, Draws(resamples, seed))
    if csv:
        _write(csv, lambda path: write_csv(path, found))
    if svg:
        _write(svg, lambda path: write_plot(path, _thematic(found) or found))
    if as_json:
        print_json([asdict(comparison) for comparison in found])
        return
    _print(found)
    out.print("\noracle: for each query the best of the baselines, known only afterwards")
    out.print(f"95 % intervals: {resamples} draws, seed {seed}")


def rank(
    queries: Lines,
    documents: Lines,
    run: Annotated[
        Path, typer.Option(metavar="FILE", help="Written in TREC's format, packed for .gz.")
    ],
    depth: Annotated[int, typer.Option(min=1, help="Most documents of a query.")] = 1_000,
    pool: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only documents with this among their pools."),
    ] = None,
    cache: Cache = KEPT,
    now: Now = None,
) -> None:
    """Rank documents for queries as the matcher ranks opportunities for profiles.

    A document has an id and a title, and may have keywords, destination, call_title and
    description. A query has a qid, and a text or a profile: a list of projects, each with title,
    objective and keywords.

    Example: [bold]callwatch rank --queries queries.jsonl --documents docs.jsonl --run run.gz[/bold]
    """
    read_now(now)
    from matcher.evaluation.benchmark import pooled, read_documents, read_queries
    from matcher.evaluation.ranking import as_opportunity, as_profile, ranked
    from matcher.evaluation.trec import run_lines, write_run

    asked, offered = read_queries(queries), read_documents(documents)
    if pool is not None:
        offered = pooled(offered, pool)
    _make_folders(run)
    from matcher.embedder import model_of
    from matcher.evaluation.reading import kept_vectors, reader_of

    with kept_vectors(cache) as engine, embedding_bar() as report:
        reader = reader_of(engine, model_of(read_settings().model), report)
        opportunities = [as_opportunity(document) for document in offered]
        scores = ranked(opportunities, [as_profile(query) for query in asked], reader)
    _write(run, lambda path: write_run(path, run_lines(asked, offered, scores, depth)))


@contextmanager
def _whatever_it_needs() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"the package {error.name} is missing; {INSTALL}") from error


def _compared(
    tasks: "Iterable[Task]", cache: Path, folds: Path | None, draws: "Draws"
) -> "list[Comparison]":
    from matcher.embedder import bare_model_of, model_of
    from matcher.evaluation.comparison import Models, compared
    from matcher.evaluation.reading import kept_vectors, reader_of

    name = read_settings().model
    ours = [model_of("", adapter=one) for one in _folds(folds)] if folds else [model_of(name)]
    models = (*ours, bare_model_of(name))
    with kept_vectors(cache) as engine, embedding_bar() as report:
        *readers, bare = (reader_of(engine, model, report) for model in models)
        found = (compared(task, Models(readers, bare), draws) for task in tasks)
        return [comparison for each in found for comparison in each]


def _folds(folder: Path) -> "list[Adapter]":
    from matcher.adapter.folds import fold_files
    from matcher.adapter.low_rank import adapter_of

    if not (found := fold_files(folder)):
        raise ConfigurationError(
            f"{folder}: no adapter fold-0.safetensors there; make them with: "
            f"python -m matcher.adapter.training BENCHMARK {folder} --folds 3"
        )
    return [adapter_of(file) for file in found]


def _make_folders(*files: Path | None) -> None:
    """Make the folders of ``files``, before an hour's work is done in vain."""
    for file in filter(None, files):
        with _written(file):
            file.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror}") from error


def _write(path: Path, write: Callable[[Path], None]) -> None:
    with _written(path):
        write(path)
    err.print(f"{path} written", markup=False, soft_wrap=True)


def _thematic(comparisons: "Iterable[Comparison]") -> "list[Comparison]":
    from matcher.evaluation.benchmark import THEMATIC

    return [found for found in comparisons if found.stratum == THEMATIC]


def _print(comparisons: "Sequence[Comparison]") -> None:
    thematic = _thematic(comparisons)
    for found in thematic:
        queries = counted(found.queries, "query", "queries")
        out.print(f"\n[bold]{found.variant}[/bold] – {queries}, {found.documents} topics", end="")
        out.print(f"; baselines read {found.baselines_read}")
        out.print(_block(found))
    if rest := [found for found in comparisons if found not in thematic]:
        out.print(
            "\n[bold]Without a theme[/bold] – nDCG@10; nothing in these topics can be matched"
        )
        out.print(_strata(rest))


def _block(found: "Comparison") -> Table:
    """Return a row for each ranking, and what ours gains on the best of the others."""
    measures = [gain.measure for gain in found.gains]
    table = plain_table(("", *measures))
    for name in found.rankings:
        add_line(table, (name, *(_cell(found.of(name, measure)) for measure in measures)))
    add_line(table, ("best baseline", *(gain.over for gain in found.gains)))
    add_line(table, ("gain on it", *(_signed(gain.difference.value) for gain in found.gains)))
    add_line(table, ("", *(_spread(gain) for gain in found.gains)))
    add_line(table, ("times it", *(_times(gain) for gain in found.gains)))
    return table


def _cell(value: "Estimate") -> Text:
    interval = f"{_short(value.low)}–{_short(value.high)}"
    return Text.assemble(_short(value.value), " ", (interval, "dim"))


def _spread(gain: "Gain") -> Text:
    return Text(f"{_signed(gain.difference.low)} to {_signed(gain.difference.high)}", "dim")


def _short(value: float) -> str:
    """Return a share without the zero before the point: five columns stand in 80.

    >>> _short(0.2704), _short(1.0)
    ('.270', '1.000')
    """
    return f"{value:.3f}".removeprefix("0")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("0.", ".", 1)


def _times(gain: "Gain") -> str:
    return f"{gain.ratio.value:.2f}" if gain.ratio else "–"


def _strata(comparisons: "Sequence[Comparison]") -> Table:
    table = plain_table(("variant", "stratum", "queries", *comparisons[0].rankings))
    for found in comparisons:
        values = (_short(found.of(name, "nDCG@10").value) for name in found.rankings)
        add_line(table, (found.variant, found.stratum, str(found.queries), *values))
    return table
