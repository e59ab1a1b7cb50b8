"""What a search asks for, as its address says it: one address for one search."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from config.translation import LANGUAGES, translatable
from web.facets import FACETS, STATUSES

PATH = "/opportunities"
"""Where the search is."""

SLUG = re.compile(r"[a-z0-9-]{1,100}")
LONGEST_QUERY = 200
MOST_VALUES = 30
LONGEST_VALUE = 300
MOST_PAGES = 1_000

FIT = "fit"
"""The order that needs a group; where one is chosen it is the usual one."""

SORTS = {
    "best": translatable("the best fit to the words first"),
    "deadline": translatable("the next deadline first"),
    "new": translatable("the latest found first"),
    FIT: translatable("the best fit to the group first"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched for."""

    query: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values by facet, in alphabetical order; a facet of which none is chosen is not there."""
    sort: str = ""
    """One of ``SORTS``; empty where it is the usual one."""
    page: int = 1
    profile: str = ""
    """Slug of the group that is searched for; empty where it is for nobody in particular."""
    language: str = ""
    """Asked for in the address; empty where the browser decides."""

    @classmethod
    def of(cls, asked: QueryParams) -> Self:
        """Return what an address asks for; what it does not know is left out."""
        query = " ".join(asked.get("q", "").replace("\0", " ").split())[:LONGEST_QUERY]
        chosen = {name: _values(asked, name) for name in FACETS}
        profile, language = asked.get("profile", ""), asked.get("language", "")
        profile = profile if SLUG.fullmatch(profile) else ""
        return cls(
            query,
            {name: values for name, values in chosen.items() if values},
            _sort(asked.get("sort", ""), query, profile),
            _page(asked.get("page", "")),
            profile,
            language if language in LANGUAGES else "",
        )

    @property
    def order(self) -> str:
        """Return which of ``SORTS`` the results are in."""
        return self.sort or _usual_sort(self.query, self.profile)

    @property
    def sorts(self) -> Iterator[tuple[str, str]]:
        """Yield the orders there are: ``sort``, empty for the usual one, and what it is called."""
        usual = _usual_sort(self.query, self.profile)
        for name, words in SORTS.items():
            if name != FIT or self.profile:
                yield "" if name == usual else name, words

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return the fields of the one address of this search, in their order."""
        pairs = [("q", self.query)]
        pairs += [(name, value) for name in FACETS for value in self.chosen.get(name, ())]
        page = str(self.page) if self.page > 1 else ""
        pairs += [("profile", self.profile), ("sort", self.sort), ("page", page)]
        pairs.append(("language", self.language))
        return tuple(pair for pair in pairs if pair[1])

    def address(self, path: str) -> str:
        """Return the one address of this search, at ``path``.

        >>> Criteria(query="sea ice", sort="new").address("/opportunities")
        '/opportunities?q=sea+ice&sort=new'
        """
        return f"{path}?{urlencode(self.fields)}" if self.fields else path

    def toggled(self, name: str, value: str) -> "Criteria":
        """Return the search with a value of a facet chosen, or chosen no more, from page 1."""
        before = set(self.chosen.get(name, ()))
        after = tuple(sorted(before ^ {value}))
        kept = {other: values for other, values in self.chosen.items() if other != name}
        return replace(self, chosen=kept | ({name: after} if after else {}), page=1)

    def for_nobody(self) -> "Criteria":
        """Return the search for no group in particular."""
        return replace(self, profile="", sort=_sort(self.sort, self.query, ""))

    def on_page(self, page: int) -> "Criteria":
        """Return the search on another page."""
        return replace(self, page=page)

    def unbarred(self) -> "Criteria":
        """Return the search for the same words among everything ever collected."""
        return replace(self, chosen={"status": tuple(sorted(STATUSES))}, page=1)

    def bare(self) -> "Criteria":
        """Return the search for the same words, narrowed down by nothing."""
        return replace(self, chosen={}, page=1)


def _values(asked: QueryParams, name: str) -> tuple[str, ...]:
    values = {v for v in asked.getlist(name) if v and "\0" not in v and len(v) <= LONGEST_VALUE}
    return tuple(sorted(values))[:MOST_VALUES]


def _sort(asked: str, query: str, profile: str) -> str:
    """Return the order that is asked for, where it can be had and is not the usual one."""
    possible = asked in SORTS and (asked != FIT or bool(profile))
    return asked if possible and asked != _usual_sort(query, profile) else ""


def _usual_sort(query: str, profile: str) -> str:
    if profile:
        return FIT
    return "best" if query else "deadline"


def _page(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MOST_PAGES)):
        return 1
    return min(max(int(text), 1), MOST_PAGES)
