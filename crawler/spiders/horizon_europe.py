"""Horizon Europe, from the Funding & Tenders Portal."""

from crawler.search_api import PortalSpider


class HorizonEuropeSpider(PortalSpider):
    """Read every open and forthcoming topic of Horizon Europe."""

    name = "horizon_europe"

    # PortalSpider
    programme = "horizon_europe"
    expected = range(250, 2_001)  # 380 to 470 in 2026, up to 1,000 with the stale index
