"""One module for each source; Scrapy finds the spiders here."""
