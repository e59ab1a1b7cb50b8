"""What a process keeps for long, and the collector of garbage."""

import gc


def leave_in_peace() -> None:
    """Collect garbage, and then look no more through what is kept by now.

    A collection of everything stops every page: with some thousand opportunities in memory it took
    half a second, about every ten seconds under load. What was kept before and is garbage by now is
    collected, too, so whoever replaces what is kept calls this again.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
