"""Which numbers of what readers said are not shown, because few people stand behind them. Pure.

A number is withheld where fewer than ``FEWEST`` people could have said it. So that nobody finds it
by taking what is shown from a sum that is shown, further numbers beside it are withheld until as
many people stand behind all of them together; and what is part of something withheld is, too.
"""

from collections.abc import Iterable, Mapping

from config.organisation import Organisation
from store.models import Profile

FEWEST = 3

People = frozenset[int]


def few_among(people: Mapping[str, People]) -> frozenset[str]:
    """Return which of the parts of one sum are withheld.

    >>> sorted(few_among({"a": frozenset({1}), "b": frozenset({2, 3, 4}), "c": frozenset("567")}))
    ['a', 'b']
    >>> few_among({"a": frozenset(), "b": frozenset({2, 3, 4})})
    frozenset()
    """
    withheld = {part for part, some in people.items() if 0 < len(some) < FEWEST}
    others = sorted((len(some), part) for part, some in people.items() if len(some) >= FEWEST)
    if withheld and len(_all(people[part] for part in withheld)) < FEWEST and others:
        withheld.add(others[0][1])
    return frozenset(withheld)


def withheld(
    profiles: Iterable[Profile], organisation: Organisation, people: Mapping[str, People]
) -> frozenset[str]:
    """Return the groups, departments and faculties whose readers' words are not counted apart.

    Args:
        profiles: The groups that are counted.
        organisation: What they belong to.
        people: Who could have said something, by the slug of the group.
    """
    levels: tuple[dict[str, str], ...] = tuple(_parents(profiles, organisation))
    hidden: frozenset[str] = frozenset({EVERYTHING} if _are_few(_all(people.values())) else ())
    found = dict(people)
    sums = [found]
    for parents in levels[:-1]:
        found = _summed(found, parents)
        sums.append(found)
    for parents, parts in zip(reversed(levels), reversed(sums), strict=True):
        hidden |= _hidden_parts(parents, parts, hidden)
    return hidden


EVERYTHING = ""
"""Names the sum of all."""


def faculty_key(organisation: Organisation, department: str) -> str:
    """Return what names the faculty of a department, which may be none of the organisation."""
    faculty = organisation.faculty_of(department)
    return f"faculty {faculty.id}" if faculty else f"faculty of {department}"


def department_key(department: str) -> str:
    """Return what names a department, and no group."""
    return f"department {department}"


def _parents(profiles: Iterable[Profile], organisation: Organisation) -> Iterable[dict[str, str]]:
    """Yield what each group, each department and each faculty is part of."""
    departments = {profile.slug: profile.department for profile in profiles}
    faculties = {one: faculty_key(organisation, one) for one in departments.values()}
    yield {slug: department_key(one) for slug, one in departments.items()}
    yield {department_key(one): faculty for one, faculty in faculties.items()}
    yield dict.fromkeys(faculties.values(), EVERYTHING)


def _hidden_parts(
    parents: Mapping[str, str], people: Mapping[str, People], hidden: frozenset[str]
) -> frozenset[str]:
    parts: dict[str, dict[str, People]] = {}
    for part, parent in parents.items():
        parts.setdefault(parent, {})[part] = people.get(part, frozenset())
    found = (
        frozenset(some) if parent in hidden else few_among(some) for parent, some in parts.items()
    )
    return frozenset().union(*found)


def _summed(people: Mapping[str, People], parents: Mapping[str, str]) -> dict[str, People]:
    found: dict[str, People] = {}
    for part, some in people.items():
        parent = parents[part]
        found[parent] = found.get(parent, frozenset()) | some
    return found


def _are_few(people: People) -> bool:
    return 0 < len(people) < FEWEST


def _all(people: Iterable[People]) -> People:
    return frozenset[int]().union(*people)
