"""Whether this worker was asked to stop: what was begun is finished, nothing new is claimed.

Celery's main process hears SIGTERM; its children, who do the work, do not. One byte of shared
memory, made before they are forked, tells them.
"""

import mmap

_ASKED = mmap.mmap(-1, 1)


def ask() -> None:
    """Let every process of this worker claim nothing more."""
    _ASKED[0] = 1


def asked() -> bool:
    """Tell whether to leave what is not yet begun to others."""
    return _ASKED[0] != 0
