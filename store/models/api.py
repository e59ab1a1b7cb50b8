"""Who may read by program what is not for everybody."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class ApiKey(Base):
    """A key to the API; of its secret only the hash is kept."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    """What it is for, in the words of who made it."""
    secret_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256, hexadecimal."""
    profiles: Mapped[list[str]]
    """Slugs of the profiles that it opens."""
    departments: Mapped[list[str]]
    """Ids of the departments whose profiles it opens, those added later too."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To the hour."""
