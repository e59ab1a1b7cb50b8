"""What reports call things."""

from config.translation import translatable
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
