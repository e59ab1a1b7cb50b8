"""The database tells of many opportunities how they stand what ``status_at`` tells of each."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.models import OpenTo, Status
from store.opportunities import all_opportunities, status_at
from store.standing import counts_at
from tests.notifier.conftest import World, cutoff


@pytest.mark.parametrize("now", [datetime(2026, month, 20, tzinfo=UTC) for month in (5, 7, 12)])
def test_what_is_counted_stands_as_each_does_by_itself(any_engine: Engine, now: datetime) -> None:
    with Session(any_engine) as session:
        world = World(session)
        for status in (Status.OPEN, Status.FORTHCOMING, Status.CLOSED):
            world.opportunity(status=status, cutoffs=[])
            world.opportunity(status=status, cutoffs=[cutoff(date(2026, 6, 1))])
            world.opportunity(status=status, withdrawn_at=datetime(2026, 5, 2, tzinfo=UTC))
            second = cutoff(date(2026, 9, 1), position=2, stage=2, open_to=OpenTo.INVITED)
            stages = [cutoff(date(2026, 6, 1)), second]
            world.opportunity(status=status, cutoffs=stages, source="erasmus_plus")
        each = Counter((o.source, status_at(o, now)) for o in all_opportunities(session))
        assert counts_at(session, now) == each
