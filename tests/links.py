"""Links to pages of one person, as mails bring them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import Settings
from store.filters import Filters
from store.following import Following, Preferences
from store.issued_tokens import issue_confirmation, issue_entrance
from store.logins import Holder, issue_link
from store.models import Cadence, Subscriber
from store.tokens import manage_token, signing_key, stop_token, visit_token
from store.wishes import Wish

ZONE = "Europe/Oslo"


def links_to(
    session: Session, settings: Settings, reader: Subscriber, groups: Sequence[str], now: datetime
) -> dict[str, str]:
    """Return what stands for a person in the address of each kind of page.

    Args:
        session: Where links are kept that work once.
        settings: Those of the installation.
        reader: Whose pages they are; the link to sign in is to an account of the same address.
        groups: Slugs of what the person asks to follow.
        now: The moment.
    """
    key = signing_key(session, settings)
    following = Following(Cadence.WEEKLY, Filters((), (), "possible"))
    wish = Wish(tuple(groups), following, Preferences("en", ZONE, None, None))
    return {
        "confirmation": issue_confirmation(session, reader, wish, now).secret,
        "entrance": issue_entrance(session, reader, now).secret,
        "login": issue_link(session, Holder(reader.address, "en", ZONE), "", now).secret,
        "settings": manage_token(key, reader, now),
        "visit": visit_token(key, reader, now),
        "stop": stop_token(key, reader),
    }
