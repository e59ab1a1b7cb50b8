"""The steps of the whole job: collect, match, digest. Each may fail without stopping the next."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine

from config.settings import Settings
from crawler.run import chosen_sources, crawl
from jobs.schedule import Clock, Job, triggers
from matcher.embedder import TextModel, model_of
from matcher.reembedding import current_texts, forget_unused, re_embed, serving_model
from matcher.run import match_profiles, means_of
from notifier.channels import open_channel
from notifier.outbox import compose_scheduled
from notifier.send import deliver, never
from notifier.terms import terms_of
from store.db import session_scope
from store.housekeeping import forget_expired
from store.job_claims import forget_claims

log = logging.getLogger(__name__)

EMBEDDING_TIME = timedelta(minutes=8)
"""How long other jobs wait for vectors at most; a mail leaves ten minutes late at worst."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps, with what they work on."""

    settings: Settings
    engine: Engine
    clock: Clock
    ended: Callable[[], bool] = never
    """Returns whether the process was told to end: a delivery then finishes the mails in hand."""
    models: dict[str, TextModel] = field(default_factory=dict)
    """Those opened by now, so that one is loaded once."""

    def collect(self, now: datetime) -> None:
        """Crawl every configured source, then match whatever could be collected.

        Raises:
            RuntimeError: If a source could not be read at all; the others were, and were matched.
        """
        reports = list(crawl(chosen_sources(self.settings, []), self.settings, now))
        for report in reports:
            log.info("source crawled", extra={"source": report.source, "seen": report.seen})
            for problem in report.problems:
                log.warning("source unhealthy", extra={"source": report.source, "why": problem})
        texts = current_texts(self.engine, now)
        model = serving_model(self.engine, self._open_model(), texts, self._open_named)
        run = match_profiles(self.engine, means_of(model, self.settings.configuration), now)
        counts = {"opportunities": run.opportunities, "embedded": run.embedded}
        log.info("profiles matched", extra=counts)
        if failed := [report.source for report in reports if report.failed]:
            raise RuntimeError(f"could not be read: {', '.join(failed)}")

    def digest(self, now: datetime) -> None:
        """Compose what is due of every reader at this hour, and send it.

        Raises:
            RuntimeError: If a digest could not be composed, or nothing can leave; the others were.
        """
        composed = compose_scheduled(self.engine, self.settings, now)
        log.info("digests composed", extra={"messages": len(composed)})
        self.deliver(now)
        if failed := [one.subscriber_id for one in composed if one.failure]:
            raise RuntimeError(f"no digest could be composed for subscribers {failed}")

    def deliver(self, _: datetime) -> None:
        """Send what is queued, and what may be tried again.

        Raises:
            RuntimeError: If nothing can leave now; it stays queued.
        """
        terms, channel = terms_of(self.engine, self.settings), open_channel(self.settings)
        delivery = deliver(self.engine, channel, self.clock, terms, self.ended)
        if delivery.error:
            raise RuntimeError(delivery.error)

    def embed(self, now: datetime) -> None:
        """Make what vectors the model lacks, for a while; once all are made, forget all others."""
        model, until = self._open_model(), self.clock() + EMBEDDING_TIME
        texts = current_texts(self.engine, now)
        done = re_embed(self.engine, model, texts, lambda: self.clock() < until)
        log.info("texts embedded", extra={"made": done.made, "missing": done.missing})
        if done.wanted and not done.missing:
            forget_unused(self.engine, model)

    def tidy(self, now: datetime) -> None:
        """Forget what is of no more use: old links, unanswered questions, counts, claims."""
        with session_scope(self.engine) as session:
            forgotten = forget_expired(session, now)
            claims = forget_claims(session, now)
        log.info("tidied up", extra={**asdict(forgotten), "claims": claims})

    def jobs(self) -> list[Job]:
        """Return the steps as jobs, with when each is due."""
        due = triggers(self.settings)
        return [
            Job("collect", due["collect"], self.collect),
            Job("digest", due["digest"], self.digest),
            Job("deliver", due["deliver"], self.deliver),
            Job("embed", due["embed"], self.embed),
            Job("tidy", due["tidy"], self.tidy),
        ]

    def _open_model(self) -> TextModel:
        return self._open_named(self.settings.model)

    def _open_named(self, name: str) -> TextModel:
        if name not in self.models:
            self.models[name] = model_of(name, self.settings.engine_dir)
        return self.models[name]
