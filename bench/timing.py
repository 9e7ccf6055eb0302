"""Time one call."""

import time
from collections.abc import Callable


def milliseconds(work: Callable[[], object]) -> float:
    """Call it once; gives the milliseconds it took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
