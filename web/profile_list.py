"""The profiles one can follow, by department, and those that a search finds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.organisation import Department
from store.models import Profile


@dataclass(frozen=True, slots=True)
class Group:
    """The profiles of one department."""

    department: str
    profiles: Sequence[Profile]


def grouped(profiles: Iterable[Profile], departments: Mapping[str, Department]) -> list[Group]:
    """Return the profiles under the names of their departments, both in alphabetical order."""
    found = defaultdict(list)
    for profile in profiles:
        found[_department(profile, departments)].append(profile)
    return [
        Group(name, sorted(found[name], key=lambda p: p.name.casefold())) for name in sorted(found)
    ]


def searched(
    profiles: Iterable[Profile],
    departments: Mapping[str, Department],
    search: str,
    chosen: Collection[str],
) -> list[Profile]:
    """Return the profiles in which every word of a search occurs; what is chosen stays."""
    words = search.casefold().split()
    return [
        profile
        for profile in profiles
        if profile.slug in chosen or all(word in _text(profile, departments) for word in words)
    ]


def _text(profile: Profile, departments: Mapping[str, Department]) -> str:
    keywords = " ".join(word for group in profile.keywords for word in group["words"])
    department = _department(profile, departments)
    return f"{profile.name} {department} {profile.text} {keywords}".casefold()


def _department(profile: Profile, departments: Mapping[str, Department]) -> str:
    known = departments.get(profile.department)
    return known.name if known else profile.department
