"""Whether everything works, for machines and for people."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, JSONResponse

from config.dates import day, hour
from config.programmes import programme_name
from config.translation import say, translatable
from store.db import MIGRATIONS, StoreError, session_scope
from store.messages import is_due, messages_by_state, tried_within_a_day
from store.models import CrawlRun, MessageState, Status
from store.standing import counts_at
from web.site import Site, language_of

OWN_NAMES = {
    "cascade_funding": translatable("Cascade funding"),
    "erasmus_national": translatable("Erasmus+, national actions"),
}
"""Sources that are no programme of the portal."""

STALE = timedelta(hours=48)
"""Age from which the last crawl of a source is an alarm: a daily one was missed twice."""

SHOWN_STATES = (MessageState.QUEUED, MessageState.RETRY, MessageState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How the last finished crawl of a source went."""

    source: str
    finished_at: str
    age_hours: float
    complete: bool
    healthy: bool
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Health:
    """Everything a watcher wants to know."""

    healthy: bool
    at: str
    problems: list[str]
    sources: list[SourceHealth] = field(default_factory=list)
    messages: dict[str, int] = field(default_factory=dict)


def health_pages(site: Site) -> APIRouter:
    """Return the routes of the health page and the front page."""
    router = APIRouter()

    @router.api_route("/health", methods=["GET", "HEAD"])
    def health() -> JSONResponse:
        """Say as JSON whether everything works; 503 where something does not."""
        now = site.clock()
        try:
            with session_scope(site.engine) as session:
                found = read_health(session, site.settings.mail_daily_limit, now)
        except StoreError as error:
            found = Health(healthy=False, at=now.isoformat(), problems=[str(error)])
        return JSONResponse(
            asdict(found), 200 if found.healthy else 503, headers={"Cache-Control": "no-store"}
        )

    @router.api_route("/", methods=["GET", "HEAD"])
    def front(request: Request) -> HTMLResponse:
        """Say what this is, and how fresh each source is."""
        now = site.clock()
        with session_scope(site.engine) as session:
            sources = _sources(session, now)
            counts = counts_at(session, now)
        language, zone = language_of(request), ZoneInfo(site.settings.time_zone)
        rows = [
            (
                source,
                _name(source.source, language),
                _moment(datetime.fromisoformat(source.finished_at), zone, language),
                counts.get((source.source, Status.OPEN), 0),
                counts.get((source.source, Status.FORTHCOMING), 0),
            )
            for source in sources
        ]
        values: dict[str, object] = {"rows": rows, "zone": zone.key}
        return site.page("front.html", values, language=language)

    return router


def _name(source: str, language: str) -> str:
    """Return what people call a source: most are programmes."""
    own = OWN_NAMES.get(source)
    return say(language, own) if own else programme_name(source, language)


def _moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    return f"{day(at.astimezone(zone).date(), language)} {hour(at, zone, language)}"


def read_health(session: Session, daily_limit: int, now: datetime) -> Health:
    """Return how everything stands at ``now``.

    Args:
        session: Where it is read.
        daily_limit: Most mails in 24 hours.
        now: When it is asked.

    Raises:
        StoreError: If the database cannot be read.
    """
    if not _is_migrated(session):
        outdated = "the tables are not those of this version; set them up with: callwatch init"
        return Health(healthy=False, at=now.isoformat(), problems=[outdated])
    sources = _sources(session, now)
    problems = [problem for source in sources for problem in _problems(source)]
    if not sources:
        problems.append("no source has been crawled yet; start one with: callwatch crawl")
    problems += _braked(session, daily_limit, now)
    counts = messages_by_state(session)
    messages = {state.value: counts[state] for state in SHOWN_STATES}
    return Health(not problems, now.isoformat(), problems, sources, messages)


def _braked(session: Session, daily_limit: int, now: datetime) -> list[str]:
    """Return what is wrong where the limit of the day keeps mails back."""
    tried = tried_within_a_day(session.connection(), now)
    if tried < daily_limit or not is_due(session.connection(), now):
        return []
    return [
        f"{tried} mails were tried in 24 hours, which is the limit; others wait: find out why "
        "there are so many, then raise CALLWATCH_MAIL_DAILY_LIMIT"
    ]


def _is_migrated(session: Session) -> bool:
    found = MigrationContext.configure(session.connection()).get_current_revision()
    return found == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _sources(session: Session, now: datetime) -> list[SourceHealth]:
    last = (
        select(func.max(CrawlRun.id))
        .where(CrawlRun.finished_at.is_not(None))
        .group_by(CrawlRun.source)
    )
    runs = session.scalars(select(CrawlRun).where(CrawlRun.id.in_(last)).order_by(CrawlRun.source))
    return [_source(run, run.finished_at, now) for run in runs if run.finished_at is not None]


def _source(run: CrawlRun, finished_at: datetime, now: datetime) -> SourceHealth:
    return SourceHealth(
        source=run.source,
        finished_at=f"{finished_at:%Y-%m-%dT%H:%MZ}",
        age_hours=round((now - finished_at) / timedelta(hours=1), 1),
        complete=run.complete,
        healthy=run.healthy,
        problems=list(run.problems),
    )


def _problems(source: SourceHealth) -> list[str]:
    problems = []
    if not (source.complete and source.healthy):
        words = "not complete" if not source.complete else "not healthy"
        problems.append(f"the last crawl of {source.source} was {words}")
    if timedelta(hours=source.age_hours) > STALE:
        problems.append(f"{source.source} was last crawled {source.age_hours:.0f} hours ago")
    return problems
