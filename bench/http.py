"""Serve an app with uvicorn in a process of its own, and load it from another."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def served(target: str, port: int, *arguments: str, **environment: str) -> Generator[int]:
    """Run one uvicorn process; gives its pid once it answers anything at all."""
    command = [sys.executable, "-m", "uvicorn", target, "--port", str(port), *arguments]
    command += ["--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(  # noqa: S603 our own server
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(800):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1).read()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")


def load(
    port: int, requests: Sequence[str], *, connections: int = 8, seconds: float = 4.0
) -> dict[str, Any]:
    """Send the requests from another process; gives rate and latencies."""
    plan = {
        "port": port,
        "requests": list(requests),
        "connections": connections,
        "seconds": seconds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def request(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    """Write one HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body
