"""Serve saved answers until Ctrl-C: ``python -m crawler.replica FOLDER [--port 8099]``."""

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from crawler.replica.records import read_records
from crawler.replica.server import PortalReplica


def main(arguments: Sequence[str]) -> int:
    """Serve the records of the folder named in ``arguments``; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m crawler.replica", description=__doc__)
    parser.add_argument("folder", type=Path, help="saved search answers (*.json, *.json.gz)")
    parser.add_argument("--port", type=int, default=8099)
    options = parser.parse_args(arguments)
    try:
        replica = PortalReplica(read_records(options.folder), port=options.port)
    except (OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"replica: {error}\n")
        return 2
    with replica:
        sys.stdout.write(f"CALLWATCH_PORTAL_SEARCH_URL={replica.search_url}\n")
        sys.stdout.write(f"CALLWATCH_PORTAL_DATA_URL={replica.data_url}\n")
        sys.stdout.flush()
        sys.stderr.write(f"serving {len(replica.records)} records, Ctrl-C stops\n")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
