"""Profiles from a text: what it would do is shown first, and done when somebody confirms it."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from config.bibtex import Bibliography, read_bibtex
from config.profile_uploads import READERS, Upload
from config.profiles import ProfileDocument
from config.translation import say, translatable
from store.db import in_transaction, session_scope
from store.models import Profile, ProfileOrigin
from store.profile_contents import differing, document_of
from store.profile_versions import OvertakenError, change_profile, create_profile
from store.profiles import all_profiles
from web.forms import Form
from web.profile_diff import Difference, differences
from web.profile_form import as_form
from web.profile_page import Sheet, written
from web.profile_room import Room, Visit, visit
from web.site import see_other
from web.uploads import SentUpload

log = logging.getLogger(__name__)

MOST_TITLES = 10
"""Publications that become subjects: the newest."""

MOST_WORDS = 12
"""Keywords of publications that are taken over: the most frequent."""

FORMATS = {
    "": translatable("by its name, or as it looks"),
    "yaml": "YAML",
    "csv": "CSV",
    "bibtex": translatable("BibTeX: publications of one group"),
}
FROM_PUBLICATIONS = translatable(
    "The newest publications and their keywords are written into the form below. Nothing is saved"
    " yet: strike out what does not belong, and save."
)
NO_TEXT = translatable("Choose a file, or paste a text.")
NO_GROUP = translatable("Choose the group whose publications these are.")
FOREIGN = translatable("{slug}: belongs to a department that you do not see to")
OVERTAKEN = translatable("Somebody changed one of them meanwhile. Look again, and confirm.")


@dataclass(frozen=True, slots=True)
class Step:
    """What would be done with one profile."""

    document: ProfileDocument
    seen: int
    """The version that it would change; 0 where it is new."""
    what: str
    """``new``, ``changed`` or ``unchanged``."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a text would do."""

    steps: tuple[Step, ...]
    faults: tuple[str, ...]

    @property
    def doing(self) -> tuple[Step, ...]:
        """Return what there is to do."""
        return tuple(step for step in self.steps if step.what != "unchanged")


def import_pages(room: Room) -> APIRouter:
    """Return the routes of the import."""
    router = APIRouter()

    @router.api_route("/profiles/import", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show where a text is handed in."""
        with session_scope(room.site.engine) as session:
            return _page(visit(room, session, request), Form({}), None, {})

    @router.post("/profiles/import")
    def take(request: Request, form: SentUpload) -> Response:
        """Show what a text would do, or do it where that was confirmed."""
        if form.has("confirm"):
            try:
                in_transaction(room.site.engine, lambda s: _confirm(room, s, request, form))
            except OvertakenError:
                return _planned(room, request, form, OVERTAKEN)
            return see_other("/profiles?done=uploaded")
        return _planned(room, request, form, "")

    return router


def _planned(room: Room, request: Request, form: Form, alarm: str) -> Response:
    with session_scope(room.site.engine) as session:
        seen = visit(room, session, request)
        seen.check(form)
        text, kind = text_of(form), kind_of(form)
        if not text.strip():
            return _page(seen, form, None, {"file": NO_TEXT})
        if kind == "bibtex":
            return _from_publications(seen, form, read_bibtex(text))
        problems = {"text": alarm} if alarm else {}
        return _page(seen, form, plan_of(seen, READERS[kind](text, seen.known)), problems)


def text_of(form: Form) -> str:
    """Return the text that was handed in: of the file, or else what was pasted."""
    text = form.one("file") or form.one("text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def kind_of(form: Form) -> str:
    """Return of which format a text is: as chosen, by the name of its file, or as it looks."""
    chosen, name, text = form.one("kind"), form.one("file_name").lower(), text_of(form)
    if chosen in FORMATS and chosen:
        return chosen
    for ending, kind in ((".bib", "bibtex"), (".csv", "csv"), (".yaml", "yaml"), (".yml", "yaml")):
        if name.endswith(ending):
            return kind
    if text.lstrip().startswith("@"):
        return "bibtex"
    first = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    return "csv" if "slug" in first and ("," in first or ";" in first) else "yaml"


def plan_of(seen: Visit, upload: Upload) -> Plan:
    """Return what an upload would do."""
    stored = {profile.slug: profile for profile in all_profiles(seen.session)}
    steps, faults = [], list(upload.faults)
    for document in upload.documents:
        profile = stored.get(document.slug)
        if profile is not None and not seen.sees(profile):
            faults.append(say(seen.language, FOREIGN, slug=document.slug))
            continue
        steps.append(_step(seen, profile, seen.allowed(profile, document)))
    return Plan(tuple(steps), tuple(faults))


def _step(seen: Visit, profile: Profile | None, document: ProfileDocument) -> Step:
    if profile is None:
        return Step(document, 0, "new", ())
    now = document_of(profile)
    if not differing(now, document):
        return Step(document, profile.version, "unchanged", ())
    differ = differences(now, document, seen.language)
    return Step(document, profile.version, "changed", differ)


def _confirm(room: Room, session: Session, request: Request, form: Form) -> None:
    seen = visit(room, session, request)
    seen.check(form)
    upload = READERS[form.one("kind") if form.one("kind") in READERS else "yaml"](
        text_of(form), seen.known
    )
    doing = plan_of(seen, upload).doing
    if {named(step) for step in doing} != set(form.many("step")):
        raise OvertakenError
    for step in doing:
        _do(seen, step)
    log.info("profiles uploaded", extra={"profiles": len(doing)})


def named(step: Step) -> str:
    """Return what a confirmation names of a step: the profile, and the version it changes."""
    return f"{step.document.slug}.{step.seen}"


def _do(seen: Visit, step: Step) -> None:
    author = seen.author(ProfileOrigin.UPLOAD)
    if step.what == "new":
        create_profile(seen.session, step.document, author)
        return
    profile = seen.profile(step.document.slug)
    change_profile(seen.session, profile, step.document, step.seen, author)


def _from_publications(seen: Visit, form: Form, found: Bibliography) -> Response:
    """Return the form of a group with its publications added, to be looked through and saved."""
    slug = form.one("group")
    known = {profile.slug for profile in all_profiles(seen.session) if seen.sees(profile)}
    if slug not in known:
        return _page(seen, form, Plan((), found.faults), {"group": NO_GROUP})
    if not found.publications:
        return _page(seen, form, Plan((), found.faults), {"file": NO_TEXT})
    profile = seen.profile(slug)
    fields = dict(as_form(document_of(profile)).fields)
    facets = [*fields["facets"][0].splitlines(), *_titles(found)]
    fields["facets"] = ("\n".join(dict.fromkeys(facets)),)
    if words := _keywords(found):
        fields["keywords"] = ("\n".join(filter(None, (fields["keywords"][0], words))),)
    return written(seen, profile, Sheet(Form(fields), note=FROM_PUBLICATIONS))


def _titles(found: Bibliography) -> list[str]:
    return [one.title for one in found.publications[:MOST_TITLES]]


def _keywords(found: Bibliography) -> str:
    """Return the most frequent keywords as a line of the form."""
    counts = Counter(
        word.replace("*", " ").casefold() for one in found.publications for word in one.keywords
    )
    return ", ".join(word for word, _ in counts.most_common(MOST_WORDS))


def _page(seen: Visit, form: Form, plan: Plan | None, problems: dict[str, str]) -> Response:
    own: Sequence[Profile] = [one for one in all_profiles(seen.session) if seen.sees(one)]
    values: dict[str, object] = {
        "form": form,
        "text": text_of(form),
        "kind": kind_of(form) if text_of(form) else form.one("kind"),
        "plan": plan,
        "named": named,
        "formats": [(key, say(seen.language, words)) for key, words in FORMATS.items()],
        "groups": [("", say(seen.language, "none")), *((one.slug, one.name) for one in own)],
    }
    return seen.page("profile_import.html", values, problems)
