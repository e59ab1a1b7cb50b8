"""The child process of ``crawler.run.crawl``: a job on standard input, a report on output."""

import json
import sys
from dataclasses import asdict

from config.logging import set_up_logging
from crawler.run import crawl_here, read_job


def main() -> None:
    """Crawl what standard input asks for, and print what the run did."""
    job = read_job(sys.stdin.read())
    set_up_logging(job.settings.log_format, job.settings.log_level)
    report = crawl_here(job)
    sys.stdout.write(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
