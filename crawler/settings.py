"""Scrapy's settings: polite to the source, and safe against what it may send."""

from importlib.metadata import version
from typing import Any

from config.settings import Settings

BOT_NAME = "callwatch"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"


def scrapy_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings of a crawl; each line that departs from Scrapy's default says why."""
    return {
        "SPIDER_MODULES": SPIDER_MODULES,
        "BOT_NAME": BOT_NAME,
        "USER_AGENT": user_agent(settings),
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 1,  # one at a time: the portal is a courtesy
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.crawl_delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,  # the delay is a least, not a mean
        "DOWNLOAD_TIMEOUT": settings.crawl_timeout_seconds,
        "DOWNLOAD_MAXSIZE": 32 * 1024 * 1024,  # the default of 1 GiB would fill the memory
        "DOWNLOAD_WARNSIZE": 16 * 1024 * 1024,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,  # the default accepts any certificate
        "REDIRECT_MAX_TIMES": 3,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,  # an open port for nobody
        "LOG_ENABLED": False,  # config.logging has set the log up
        "LOG_INSTALL_ROOT_HANDLER": False,
        "RETRY_TIMES": 3,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the run's report says it, in one line
        "CLOSESPIDER_ERRORCOUNT": 20,  # a spider that errs this often is wrong, not unlucky
        # it reads the peak of the process that started this one as well, which holds the model;
        # crawler.__main__ sets a limit of its own
        "MEMUSAGE_ENABLED": False,
        "STATS_DUMP": False,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "crawler.middlewares.PatientRetryMiddleware": 550,
            "crawler.middlewares.UnreadableRobotsMiddleware": 110,
        },
        "SPIDER_MIDDLEWARES": {"crawler.answers.KeptAnswersMiddleware": 10},
        "ITEM_PIPELINES": {"crawler.pipelines.StorePipeline": 300},
        "EXTENSIONS": {"crawler.progress.PageProgress": 100},
    }


def user_agent(settings: Settings) -> str:
    """Return an honest user agent that says what asks, and whom to write to."""
    contact = settings.portal_contact or "no contact set"
    return f"Callwatch/{version('callwatch')} (EU funding tracker of a university; {contact})"
