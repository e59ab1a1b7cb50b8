"""What of the profiles the configured model cannot read: of files, and of rows."""

from collections.abc import Iterable

from config.model_languages import Unread, languages_read, matched_fields, unread_fields
from config.profiles import ProfileDocument
from store.models import Profile


def unread_in_documents(documents: Iterable[ProfileDocument], model: str) -> list[Unread]:
    """Return the fields of ``documents`` that the model of the settings does not read."""
    reads = languages_read(model)
    return [
        unread
        for document in documents
        for unread in unread_fields(
            document.slug,
            matched_fields(document.text, [g.words for g in document.keywords], document.facets),
            reads,
        )
    ]


def unread_in_profiles(profiles: Iterable[Profile], model: str) -> list[Unread]:
    """Return the fields of ``profiles`` that the model of the settings does not read."""
    reads = languages_read(model)
    return [
        unread
        for profile in profiles
        for unread in unread_fields(
            profile.slug,
            matched_fields(profile.text, [g["words"] for g in profile.keywords], profile.facets),
            reads,
        )
    ]
