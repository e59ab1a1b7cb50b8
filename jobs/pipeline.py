"""The steps of the whole job: collect, match, digest. Each may fail without stopping the next."""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from config.settings import Settings
from crawler.run import chosen_sources, crawl
from jobs.schedule import Clock, Job, triggers
from matcher.run import match_profiles, means_of
from notifier.channels import open_channel
from notifier.outbox import compose_due
from notifier.send import deliver

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps, with what they work on."""

    settings: Settings
    engine: Engine
    clock: Clock

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
        means = means_of(self.settings.model, self.settings.configuration)
        match_profiles(self.engine, means, now)
        if failed := [report.source for report in reports if report.failed]:
            raise RuntimeError(f"could not be read: {', '.join(failed)}")

    def digest(self, now: datetime) -> None:
        """Compose what is due in every cadence, and send it.

        Raises:
            RuntimeError: If a digest could not be composed, or nothing can leave; the others were.
        """
        composed = compose_due(self.engine, self.settings, now)
        log.info("digests composed", extra={"messages": len(composed)})
        self.deliver(now)
        if failed := [one.subscriber_id for one in composed if one.failure]:
            raise RuntimeError(f"no digest could be composed for subscribers {failed}")

    def deliver(self, _: datetime) -> None:
        """Send what is queued, and what may be tried again.

        Raises:
            RuntimeError: If nothing can leave now; it stays queued.
        """
        delivery = deliver(self.engine, open_channel(self.settings), self.clock)
        if delivery.error:
            raise RuntimeError(delivery.error)

    def jobs(self) -> list[Job]:
        """Return the steps as jobs, with when each is due."""
        due = triggers(self.settings)
        return [
            Job("collect", due["collect"], self.collect),
            Job("digest", due["digest"], self.digest),
            Job("deliver", due["deliver"], self.deliver),
        ]
