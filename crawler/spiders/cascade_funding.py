"""Cascade funding of every programme, from the Funding & Tenders Portal."""

from crawler.search_api import PortalSpider


class CascadeFundingSpider(PortalSpider):
    """Read every open and forthcoming call by which a funded project gives money on."""

    name = "cascade_funding"

    # PortalSpider
    programme = None
    types = ("8",)
    sort_field = "callccm2Id"  # the identifier is the parent topic's, and repeats

    # SourceSpider
    expected = range(70, 401)  # 83 to 176 in 2026
    fill_rates = {"cutoffs": 0.9, "call_title": 0.9}  # many have no description
