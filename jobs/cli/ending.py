"""How a command that sends is ended: by a signal, and after the mails in hand."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_end() -> Iterator[Callable[[], bool]]:
    """Yield what returns whether a signal has come; the second signal ends the process as usual."""
    told = threading.Event()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def tell(number: int, _: FrameType | None) -> None:
        told.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in SIGNALS:
        signal.signal(number, tell)
    try:
        yield told.is_set
    finally:
        for number in SIGNALS:
            signal.signal(number, before[number])
