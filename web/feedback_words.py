"""What a reader can say of a call, and what follows from it, in words."""

from dataclasses import dataclass

from config.translation import translatable
from store.models import Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a reader can say."""

    name: str
    effect: str
    """What follows, before it is said; the groups go where ``{groups}`` stands."""
    button: str
    standing: str
    """How the page begins once it is said."""


SAYABLE: dict[Verdict, Said] = {
    Verdict.USEFUL: Said(
        translatable("Useful"),
        translatable(
            "If you want such mails, you are reminded before its deadline and told at once when"
            " something important changes. The matching learns that it fits {groups}."
        ),
        translatable("Say that it is useful"),
        translatable("You called it useful."),
    ),
    Verdict.NOT_FOR_US: Said(
        translatable("Not for us"),
        translatable(
            "Nobody who follows {groups} is told of it any more, until somebody calls it useful."
            " The matching learns from the reason."
        ),
        translatable("Say that it is not for us"),
        translatable("You said that it is not for you."),
    ),
    Verdict.DISMISSED: Said(
        translatable("Do not show it again"),
        translatable(
            "You are not told of it again, for any group. Others still are, and the matching"
            " learns nothing from it."
        ),
        translatable("Do not show it to me again"),
        translatable("It is not shown to you again."),
    ),
}

NO_GROUP = translatable("Tick at least one group.")
LONG = translatable("Write at most 100 characters.")
TAKEN_BACK = translatable("Taken back: it counts as if you had said nothing.")
