"""What profiles were before they were changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base
from store.models.vocabulary import ProfileOrigin


class ProfileVersion(Base):
    """A profile as it was saved once; only ever appended."""

    __tablename__ = "profile_version"
    # Of two who save at once, the second is told apart by the number that is taken.
    __table_args__ = (UniqueConstraint("profile_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    number: Mapped[int]
    """``Profile.version`` from then on."""
    at: Mapped[datetime]
    by: Mapped[str | None]
    """Address of the person who saved it; None where a file was imported."""
    origin: Mapped[ProfileOrigin]
    content: Mapped[dict[str, Any]]
    """The fields of ``config.profiles.ProfileDocument``, without the slug."""
