"""The child process of ``crawler.run.crawl``: a job on standard input, a report on output."""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict

from config.logging import set_up_logging
from crawler.run import crawl_here, read_job

MEMORY_LIMIT_BYTES = 2 * 1024**3
PATIENCE_SECONDS = 10


def limit_memory() -> None:
    """Let this process fail, rather than the machine, where a source sends too much."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not there on every system

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def stop_with(parent: int) -> None:
    """End this process in good order once the one that started it is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)  # Scrapy finishes what is in hand and writes the run
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)  # it waits for an answer; what was stored stays


def main() -> None:
    """Crawl what standard input asks for, and print what the run did."""
    limit_memory()
    threading.Thread(target=stop_with, args=(os.getppid(),), daemon=True).start()
    job = read_job(sys.stdin.read())
    set_up_logging(job.settings.log_format, job.settings.log_level)
    report = crawl_here(job)
    sys.stdout.write(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
