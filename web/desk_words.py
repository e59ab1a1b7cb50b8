"""What the adviser's desk calls things."""

from config.translation import (
    say,
    say_in,
    say_kept,
    translatable,
    translatable_form,
    translatable_many,
)
from store.eligibility import Answer, Role
from store.matches import BY_HAND, POLICY
from store.models import Decision, ReviewPolicy, ReviewStatus
from store.queue import Order, State

STATES: dict[str, str] = {
    State.WAITING: translatable("waiting"),
    State.REOPENED: translatable("reopened after a change"),
    State.SNOOZED: translatable("put off"),
    State.APPROVED: translatable("approved"),
    State.REJECTED: translatable("rejected"),
}
ORDERS: dict[str, str] = {
    Order.FIT: translatable("best fit first"),
    Order.DEADLINE: translatable("nearest deadline first"),
    Order.NEWEST: translatable("newest first"),
}
STATUSES: dict[str, str] = {
    ReviewStatus.PENDING: translatable("waiting"),
    ReviewStatus.APPROVED: translatable("approved"),
    ReviewStatus.REJECTED: translatable("rejected"),
    ReviewStatus.SNOOZED: translatable("put off"),
}
FITS: dict[str, str] = {
    "strong": translatable("strong fit"),
    "good": translatable("good fit"),
    "possible": translatable("possible fit"),
    "by rule": translatable("by rule"),
    BY_HAND: translatable("chosen by hand"),
}
"""By band."""

REASONS: dict[str, str] = {
    "off-topic": translatable("Off topic"),
    "not-eligible": translatable("We may not apply"),
    "deadline-too-short": translatable("Too little time left"),
    "already-known": translatable("The group knows it"),
    "already-applied": translatable("The group has applied"),
    "no-capacity": translatable("No capacity"),
    "too-small": translatable("Too small"),
    "too-large": translatable("Too large"),
}
"""Why a match is rejected; feedback learns from the codes (``matcher.feedback``)."""

DAYS: dict[str, str] = {
    "14": translatable("within two weeks"),
    "30": translatable("within a month"),
    "90": translatable("within three months"),
}
"""Until the deadline."""

ACT = "act"
"""In which sense these words stand: what is rejected is not said as who rejected it."""

ACTS: dict[str, str] = {
    Decision.APPROVE: translatable_form("act", "approved"),
    Decision.REJECT: translatable_form("act", "rejected"),
    Decision.REOPEN: translatable_form("act", "reopened"),
    Decision.COMMENT: translatable_form("act", "commented"),
    Decision.ASSIGN: translatable_form("act", "assigned"),
    Decision.SNOOZE: translatable_form("act", "put off"),
    Decision.UNDO: translatable_form("act", "took the last act back"),
}
"""What somebody did; said by ``act_words``."""

BY_POLICY = translatable("the policy")

DONE: dict[str, tuple[str, str]] = {
    Decision.APPROVE: translatable_many("{n} match approved.", "{n} matches approved."),
    Decision.REJECT: translatable_many("{n} match rejected.", "{n} matches rejected."),
    Decision.REOPEN: translatable_many("{n} match waits again.", "{n} matches wait again."),
    Decision.COMMENT: translatable_many(
        "Your comment stands at {n} match.", "Your comment stands at {n} matches."
    ),
    Decision.ASSIGN: translatable_many("{n} match assigned.", "{n} matches assigned."),
    Decision.SNOOZE: translatable_many("{n} match put off.", "{n} matches put off."),
    Decision.UNDO: translatable_many(
        "Taken back: {n} match stands as before.", "Taken back: {n} matches stand as before."
    ),
}
"""What is said after an act."""

OVERTAKEN = translatable_many(
    "{n} match was left as it is: somebody acted on it since you looked.",
    "{n} matches were left as they are: somebody acted on them since you looked.",
)

PARTS: dict[str, str] = {
    "meaning": translatable("meaning"),
    "words": translatable("words"),
    "phrases": translatable("phrases"),
    "excluded keywords": translatable("excluded keywords"),
}
"""What gives a match its points, by the name that the matcher keeps."""

THE_REST = translatable("everything else")
WHOLE = translatable("its description as a whole")

ANSWERS: dict[Answer, str] = {
    "yes": translatable("yes"),
    "no": translatable("no"),
    "unknown": translatable("not clear"),
}
ROLES: dict[Role, str] = {
    "coordinator": translatable("coordinator"),
    "beneficiary": translatable("partner"),
    "associated_partner": translatable("associated partner"),
}
POLICIES: dict[str, str] = {
    ReviewPolicy.REVIEW_ALL: translatable("An adviser reviews everything"),
    ReviewPolicy.AUTO_ABOVE: translatable("What fits best goes out by itself"),
    ReviewPolicy.AUTO: translatable("Everything goes out by itself"),
}

NOTHING: dict[State, str] = {
    State.WAITING: translatable(
        "Nothing waits: every match has been decided. New ones come with the next crawl."
    ),
    State.REOPENED: translatable("Nothing was reopened: no approved call has changed since."),
    State.SNOOZED: translatable("Nothing is put off."),
    State.APPROVED: translatable("Nothing is approved yet."),
    State.REJECTED: translatable("Nothing is rejected."),
}
"""What is said where nothing is found and nothing was asked for."""


def act_words(decision: Decision, language: str) -> str:
    """Return what somebody did, as it stands behind their name."""
    return say_in(language, ACT, ACTS[decision])


def by_words(by: str, language: str) -> str:
    """Return who did something: an address, or the policy of the group."""
    return say(language, BY_POLICY) if by == POLICY else by


def comment_words(by: str, comment: str | None, language: str) -> str:
    """Return a comment: as people wrote it, and in the reader's language where no person did."""
    return say_kept(language, ACT, comment or "").text if by == POLICY else comment or ""
