"""Asking a process of this machine, over HTTP, whether it serves."""

from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

_TIMEOUT_SECONDS = 2.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 compared, not bound


def answers(host: str, port: int, path: str) -> bool:
    """Tell whether a GET of this path is answered with 200."""
    connection = HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
