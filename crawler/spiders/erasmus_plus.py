"""The actions of Erasmus+ that the executive agency runs, from the Funding & Tenders Portal."""

from crawler.search_api import PortalSpider


class ErasmusPlusSpider(PortalSpider):
    """Read every open and forthcoming central action; those of national agencies live elsewhere."""

    name = "erasmus_plus"

    # PortalSpider
    programme = "erasmus_plus"
    expected = range(1, 201)  # 2 in summer, 26 in March
