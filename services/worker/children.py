"""Which worker this process is a child of, for what one child of each worker does at a time.

The lock is PostgreSQL's, held by a connection: a child that dies gives it up by itself.
"""

import os
import socket
import zlib

LOCK = "SELECT pg_try_advisory_lock(%s::int, %s::int)"


def worker() -> int:
    """Give a number for this worker, the same in all its children; it fits a lock's half."""
    return zlib.crc32(f"{socket.gethostname()}:{os.getppid()}".encode()) - 2**31
