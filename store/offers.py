"""What a reader can choose from."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import Opportunity, Status

_ON_OFFER = (
    select(Opportunity.programme)
    .where(Opportunity.status != Status.CLOSED)
    .distinct()
    .order_by(Opportunity.programme)
)


def programmes_on_offer(session: Session) -> Sequence[str]:
    """Return the slugs of the programmes that have something open or forthcoming."""
    return session.scalars(_ON_OFFER).all()
