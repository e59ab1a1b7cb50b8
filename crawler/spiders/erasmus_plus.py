"""The actions of Erasmus+ that the executive agency runs, from the Funding & Tenders Portal."""

from crawler.search_api import PortalSpider


class ErasmusPlusSpider(PortalSpider):
    """Read every open and forthcoming central action; those of national agencies live elsewhere."""

    name = "erasmus_plus"

    # PortalSpider
    programme = "erasmus_plus"

    # SourceSpider
    expected = range(1, 101)  # 2 in summer, 26 in March
    fill_rates = {"action_types": 0.9, "call_title": 0.9, "conditions": 0.9, "cutoffs": 0.9}
