"""Who is signed in to the pages behind a login, and by which names other services know them."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base
from store.models.delivery import Subscriber


class SignIn(Base):
    """A person who signed in at one browser; the browser has the secret, the row only its hash.

    What the person may do is not kept: the configuration says so whenever it is asked.
    """

    __tablename__ = "sign_in"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256, hexadecimal."""
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When a page was last opened with it, to within a few minutes."""

    subscriber: Mapped[Subscriber] = relationship(lazy="joined", innerjoin=True)


class Identity(Base):
    """The name by which a provider of OpenID Connect knows a person who proved their address."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """Never given to anybody else by that provider, as an address may be."""
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    linked_at: Mapped[datetime]
