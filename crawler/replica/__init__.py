"""A local stand-in for the EU portal: its Search API protocol over recorded answers.

Used by the demo and by the tests; nothing here reaches the network beyond 127.0.0.1.
"""

from crawler.replica.faults import Failure, FailureBody, Faults
from crawler.replica.records import Record, read_records
from crawler.replica.reference_file import Filler
from crawler.replica.server import PortalReplica, PortalRequest

__all__ = [
    "Failure",
    "FailureBody",
    "Faults",
    "Filler",
    "PortalReplica",
    "PortalRequest",
    "Record",
    "read_records",
]
