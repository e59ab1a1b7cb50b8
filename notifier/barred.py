"""What a reader hears of an opportunity that they were told of and can no longer apply to. Pure."""

from collections.abc import Sequence

from config.translation import say
from notifier.eligibility import why_not
from store.digests import Ledger
from store.eligibility import is_barred, is_hidden, read_kept
from store.models import Match

TAKEN_BACK = "/barred"
"""Behind the content that was told, so that it is taken back once and may be told anew."""


def offered(matches: Sequence[Match]) -> list[Match]:
    """Return the matches that readers are told of: in some role of the profile we may apply."""
    return [m for m in matches if not is_hidden(read_kept(m.eligibility), m.profile.roles)]


def is_to_be_taken_back(matches: Sequence[Match], known: Ledger) -> bool:
    """Return whether a reader believes that we may apply, and no ``matches`` allow it any more."""
    told = known.told.get(matches[0].opportunity_id)
    if told is None or told.content_hash.endswith(TAKEN_BACK):
        return False
    return all(is_barred(read_kept(match.eligibility), match.profile.roles) for match in matches)


def was_taken_back(match: Match, known: Ledger) -> bool:
    """Return whether a reader was last told that nobody may apply."""
    told = known.told.get(match.opportunity_id)
    return told is not None and told.content_hash.endswith(TAKEN_BACK)


def taken_back_line(match: Match, language: str) -> str:
    """Return what is said once of a match that was told and is barred now."""
    eligibility = read_kept(match.eligibility)
    why = why_not(eligibility, language) if eligibility else ""
    return say(language, "you can no longer apply: {why}", why=why)
