"""How much memory a benchmark's process took."""

import resource
from pathlib import Path


def peak_memory_mib() -> float:
    """Return the most memory that this process held; what its parent held is not counted."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(ln for ln in status.read_text().splitlines() if ln.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
