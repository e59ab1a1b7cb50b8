"""What reports call things."""

from config.translation import translatable, translatable_many
from store.models import ApplicationState
from store.stages import Stage
from web.report_rows import Grouping, Remark

STAGES: dict[str, str] = {
    Stage.MATCHED: translatable("Matched"),
    Stage.APPROVED: translatable("Approved"),
    Stage.SENT: translatable("Sent"),
    Stage.USEFUL: translatable("Called useful"),
    Stage.APPLIED: translatable("Applied"),
    Stage.AWARDED: translatable("Awarded"),
}
GROUPINGS: dict[str, str] = {
    Grouping.DEPARTMENT: translatable("Department"),
    Grouping.FACULTY: translatable("Faculty"),
    Grouping.PROFILE: translatable("Group"),
    Grouping.PROGRAMME: translatable("Programme"),
    Grouping.MONTH: translatable("Month"),
}
REMARKS: dict[str, str] = {
    Remark.NO_PROFILE: translatable("no profile yet"),
    Remark.NO_MATCH: translatable("no match in this time"),
}
GAPS: dict[tuple[Grouping, Remark], tuple[str, str]] = {
    (Grouping.DEPARTMENT, Remark.NO_PROFILE): translatable_many(
        "{n} department has no profile yet, so nothing can be matched to it.",
        "{n} departments have no profile yet, so nothing can be matched to them.",
    ),
    (Grouping.FACULTY, Remark.NO_PROFILE): translatable_many(
        "{n} faculty has no profile yet, so nothing can be matched to it.",
        "{n} faculties have no profile yet, so nothing can be matched to them.",
    ),
    (Grouping.DEPARTMENT, Remark.NO_MATCH): translatable_many(
        "{n} department has profiles, and no match in this time.",
        "{n} departments have profiles, and no match in this time.",
    ),
    (Grouping.FACULTY, Remark.NO_MATCH): translatable_many(
        "{n} faculty has profiles, and no match in this time.",
        "{n} faculties have profiles, and no match in this time.",
    ),
    (Grouping.PROFILE, Remark.NO_MATCH): translatable_many(
        "{n} group has no match in this time.", "{n} groups have no match in this time."
    ),
}
"""How many have nothing; a group is its profile, programmes and months have no remark."""

APPLICATION_STATES: dict[str, str] = {
    ApplicationState.PLANNED: translatable("planned"),
    ApplicationState.SUBMITTED: translatable("submitted"),
    ApplicationState.AWARDED: translatable("awarded"),
    ApplicationState.RESERVE: translatable("on the reserve list"),
    ApplicationState.REJECTED: translatable("not awarded"),
    ApplicationState.WITHDRAWN: translatable("withdrawn by us"),
    ApplicationState.MISTAKEN: translatable("entered by mistake"),
}

WITHHELD = translatable("withheld")
TOTAL = translatable("Total")
WITHIN = translatable("Part of")
MONEY = translatable("Awarded, EUR")
UNKNOWN_MONEY = translatable("Awards without an amount")
REMARK = translatable("Remark")
