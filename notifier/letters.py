"""Mails that answer what a person just asked for on a page: to confirm it, or with a link."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import Settings
from config.translation import best_language
from notifier.expected import next_end
from notifier.message import Envelope, Sender, message_id, read_sender, write_message
from notifier.render import Rendered, render_mail
from notifier.turns import rhythm_of
from store.issued_tokens import Issued
from store.letters import Letter, keep_letter
from store.models import Cadence, Purpose, Subscriber
from store.wishes import Wish, wished_profiles

TEMPLATES = {Purpose.CONFIRM: "confirm", Purpose.LINK: "link", Purpose.LOGIN: "login"}
PAGES = {Purpose.CONFIRM: "confirm", Purpose.LINK: "enter", Purpose.LOGIN: "login/link"}
"""First words of the page's address."""


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes letters, and queues them."""

    settings: Settings

    def write(self, session: Session, issued: Issued, now: datetime) -> None:
        """Queue the mail that carries a link.

        Raises:
            ConfigurationError: If CALLWATCH_MAIL_FROM cannot be used.
        """
        sender = read_sender(self.settings.mail_from, self.settings.public_url)
        subscriber = session.get_one(Subscriber, issued.token.subscriber_id)
        envelope = Envelope(
            subscriber_id=subscriber.id,
            address=subscriber.address,
            purpose=issued.token.purpose,
            series="letters",
            turn=issued.token.secret_hash,
        )
        rendered = _rendered(session, issued, sender, subscriber)
        body = write_message(rendered, sender, envelope, now)
        letter = Letter(envelope.purpose, subscriber.id, message_id(sender, envelope), body)
        keep_letter(session, letter, now)

    def next_mail_at(self, session: Session, subscriber_id: int, now: datetime) -> datetime | None:
        """Return when a person may next get a digest; None where they follow nothing by date."""
        subscriber = session.get_one(Subscriber, subscriber_id)
        rhythm = rhythm_of(subscriber, self.settings)
        start = max(now, subscriber.paused_until or now)
        cadences = {subscription.cadence for subscription in subscriber.subscriptions}
        ends = [next_end(one, start, rhythm) for one in cadences - {Cadence.INSTANT}]
        return min(ends, default=None)


def _rendered(session: Session, issued: Issued, sender: Sender, subscriber: Subscriber) -> Rendered:
    purpose, language = issued.token.purpose, best_language(subscriber.language)
    values: dict[str, object] = {
        "link": f"{sender.public_url}/{PAGES[purpose]}/{issued.secret}",
        "address": subscriber.address,
    }
    if purpose is Purpose.CONFIRM:
        wish = Wish.kept(issued.token.wish)
        language = wish.preferences.language
        values["profiles"] = [profile.name for profile in wished_profiles(session, wish)]
    return render_mail(TEMPLATES[purpose], language, values)
