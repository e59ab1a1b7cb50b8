"""The page on which a profile is written, with what is wrong and what it would bring."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Response

from config.profiles import ProfileDocument
from config.programmes import programme_name, programmes
from config.translation import say, translatable
from store.models import Profile
from store.offers import programmes_on_offer
from store.profile_contents import document_of
from store.profile_versions import versions_of
from web.choices import ACTION_TYPES, Options, said
from web.desk_words import POLICIES
from web.forms import Form
from web.profile_diff import Difference, differences
from web.profile_form import read_draft
from web.profile_preview import preview_of, with_words
from web.profile_room import Visit
from web.profile_words import ROLES, STAGES

DONE = {
    "saved": translatable("Saved. The next run of the matcher takes it up."),
    "same": translatable("Nothing was different, so no version was made."),
    "looked": translatable("Noted: it is right as it stands."),
    "retired": translatable("Retired: nothing is matched to it, and nobody is told of it."),
    "reactivated": translatable("In use again. The next run of the matcher finds its matches."),
    "reverted": translatable("The earlier version holds again. It was saved as a new one."),
    "uploaded": translatable("Saved. The next run of the matcher takes them up."),
}
"""What the address of a page may say was done."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of a profile shows beside it."""

    form: Form
    problems: Mapping[str, str] | None = None
    shows_preview: bool = False
    is_overtaken: bool = False
    note: str = ""
    """What is said first, in English."""


def written(seen: Visit, profile: Profile | None, sheet: Sheet) -> Response:
    """Return the page on which a profile is written."""
    draft = read_draft(sheet.form)
    rival = (
        _rival(seen, profile, draft.document)
        if profile is not None and sheet.is_overtaken
        else None
    )
    version = profile.version if profile else 0
    values: dict[str, object] = {
        "profile": profile,
        "form": sheet.form,
        "version": version if rival or not sheet.form.has("seen") else sheet.form.one("seen"),
        "choices": _choices(seen, draft.document),
        "may_set_policy": seen.may_set_policy,
        "rival": rival,
        "hints": seen.hints(draft.document, None, profile.looked_at) if profile is not None else (),
        "preview": preview_of(seen, sheet.form) if sheet.shows_preview else None,
        "can_preview": seen.room.forecaster is not None,
        "done": say(seen.language, sheet.note) if sheet.note else done_at(seen),
        "retired_at": seen.at(profile.retired_at) if profile and profile.retired_at else "",
        "updated_at": seen.at(profile.updated_at) if profile else "",
    }
    page = seen.page("profile.html", with_words(seen, values), sheet.problems)
    if rival:
        page.status_code = 409
    return page


@dataclass(frozen=True, slots=True)
class Rival:
    """What somebody else saved while a profile was being written."""

    by: str
    at: str
    differences: tuple[Difference, ...]


def _rival(seen: Visit, profile: Profile, own: ProfileDocument) -> Rival:
    newest = versions_of(seen.session, profile)[:1]
    return Rival(
        newest[0].by or "" if newest else "",
        seen.at(profile.updated_at),
        differences(document_of(profile), own, seen.language),
    )


def done_at(seen: Visit) -> str:
    """Return what the address of a page says was done."""
    told = DONE.get(seen.request.query_params.get("done", ""))
    return say(seen.language, told) if told else ""


def _choices(seen: Visit, draft: ProfileDocument) -> dict[str, Options]:
    """Return what the fields of a profile can be chosen from."""
    language = seen.language
    offered = {*programmes_on_offer(seen.session), *draft.programmes} & {*programmes()}
    goals = {goal.id: goal.title for goal in seen.room.organisation.goals}
    departments = sorted(((k, d.name) for k, d in seen.departments.items()), key=_by_words)
    if draft.department not in seen.departments:  # nobody's choice is made for them
        departments.insert(0, ("", say(language, "choose one")))
    return {
        "departments": departments,
        "programmes": sorted(
            ((one, programme_name(one, language)) for one in offered), key=_by_words
        ),
        "action_types": said(language, ACTION_TYPES),
        "roles": said(language, ROLES),
        "career_stages": said(language, STAGES),
        "goals": tuple(goals.items()),
        "policies": said(language, POLICIES),
    }


def _by_words(option: tuple[str, str]) -> str:
    return option[1].casefold()
