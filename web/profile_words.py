"""What the pages of profiles call things, and what they say is wrong."""

from config.translation import translatable
from store.models import ProfileOrigin

LABELS = {
    "slug": translatable("Short name"),
    "name": translatable("Name of the group"),
    "department": translatable("Department"),
    "text": translatable("What the group works on"),
    "keywords": translatable("Keywords"),
    "excluded_keywords": translatable("Words that speak against a call"),
    "facets": translatable("Project ideas and further subjects"),
    "programmes": translatable("Programmes"),
    "action_types": translatable("Types of action"),
    "roles": translatable("Roles"),
    "career_stages": translatable("Money for people of these career stages"),
    "budget_eur": translatable("Size of a project"),
    "goals": translatable("Goals"),
    "owner": translatable("Who answers for it"),
    "review": translatable("Which matches need an adviser"),
}
"""By field of a profile."""

ROLES = {
    "coordinator": translatable("coordinator"),
    "beneficiary": translatable("beneficiary"),
    "associated_partner": translatable("associated partner"),
}
STAGES = {
    "first_stage": translatable("doctoral candidates (R1)"),
    "recognised": translatable("recognised researchers (R2)"),
    "established": translatable("established researchers (R3)"),
    "leading": translatable("leading researchers (R4)"),
}
ORIGINS: dict[str, str] = {
    ProfileOrigin.FILE: translatable("imported from its file"),
    ProfileOrigin.PAGE: translatable("edited on its page"),
    ProfileOrigin.UPLOAD: translatable("uploaded"),
    ProfileOrigin.REVERT: translatable("an earlier version taken back"),
    ProfileOrigin.POLICY: translatable("policy changed"),
}
"""How a version came about."""

PROBLEMS = {
    "slug": translatable("Enter a short name of a-z, 0-9 and hyphens, such as ocean-structures."),
    "name": translatable("Enter the name of the group."),
    "department": translatable("Choose a department."),
    "text": translatable("Say what the group works on, in 20,000 characters at most."),
    "keywords": translatable(
        "Write each group of keywords on a line of its own, and a weight above 0 after an"
        " asterisk: mooring lines, wave loads * 1.5"
    ),
    "action_types": translatable("Write types of action as the portal does, such as RIA or KA131."),
    "budget_eur": translatable("Enter amounts in euros, the least not above the most."),
    "review": translatable("Choose a policy; a threshold is a number from 0 to 100."),
}
"""By field of a profile; every other one can only be chosen from a list."""

TAKEN = translatable("There is a group of this short name. Choose another one.")
