"""What became of an opportunity at a group: planned, applied for, and with what result."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base
from store.models.matching import Profile
from store.models.opportunities import Opportunity
from store.models.vocabulary import ApplicationState


class Application(Base):
    """One entry about a group's application; only ever appended, the newest says how it stands."""

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_pair", "profile_id", "opportunity_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunity.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[ApplicationState]
    day: Mapped[date] = mapped_column(index=True)
    """When it came about; of a plan, when it was made."""
    amount_eur: Mapped[Decimal | None]
    """What the organisation asked for, or was awarded; None where it is not known."""
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    """When it was entered."""
    by: Mapped[str]
    """Who entered it: an adviser's address."""

    profile: Mapped[Profile] = relationship()
    opportunity: Mapped[Opportunity] = relationship()
