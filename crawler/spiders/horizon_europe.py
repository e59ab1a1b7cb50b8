"""Horizon Europe, from the Funding & Tenders Portal."""

from crawler.search_api import PortalSpider


class HorizonEuropeSpider(PortalSpider):
    """Read every open and forthcoming topic of Horizon Europe."""

    name = "horizon_europe"

    # PortalSpider
    programme = "horizon_europe"

    # SourceSpider
    expected = range(360, 1_001)  # 410 to 510 in 2026
    fill_rates = {
        "action_types": 0.98,
        "budget": 0.9,
        "call_title": 0.98,
        "conditions": 0.95,
        "cutoffs": 0.98,
        "grant_agreements": 0.95,
        "sections": 0.9,
    }
