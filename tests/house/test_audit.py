"""The dependency audit finds what a vulnerability service tells, and says when none answers."""

import json
import subprocess
import sys
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.house.sources import ROOT

LOCK = "left-pad==1.0 --hash=sha256:" + "0" * 64 + "\nother==2.0 --hash=sha256:" + "1" * 64 + "\n"
KNOWN = {
    "id": "GHSA-xxxx-yyyy-zzzz",
    "aliases": ["CVE-2026-0001"],
    "summary": "pads too far",
    "affected": [
        {
            "package": {"name": "left-pad", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}


class Osv(BaseHTTPRequestHandler):
    """Answers as osv.dev does."""

    def do_POST(self) -> None:
        """Tell of one package."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        bad = asked["package"]["name"] == "left-pad"
        body = json.dumps({"vulns": [KNOWN]} if bad else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def osv() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osv)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    server.shutdown()
    server.server_close()


def audited(
    folder: Path, url: str, allowed: dict[str, dict[str, str]]
) -> subprocess.CompletedProcess[str]:
    (folder / "lock").write_text(LOCK)
    (folder / "allowed.json").write_text(json.dumps(allowed))
    return subprocess.run(  # noqa: S603 our own interpreter and module
        [
            *(sys.executable, "-m", "tests.house.audit", "--lock", folder / "lock"),
            *("--allowed", folder / "allowed.json", "--osv-url", url, "--seconds", "60"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_known_vulnerability_fails_the_check(tmp_path: Path, osv: str) -> None:
    done = audited(tmp_path, osv, {})
    assert done.returncode == 1, done.stderr
    assert "left-pad 1.0: CVE-2026-0001, mended in 1.1" in done.stdout
    assert "2 dependencies, 1 to act on" in done.stdout


@pytest.mark.parametrize(("until", "code"), [("2999-01-01", 0), ("2026-01-01", 1)])
def test_it_may_be_allowed_by_any_of_its_names_until_a_day(
    tmp_path: Path, osv: str, until: str, code: int
) -> None:
    done = audited(tmp_path, osv, {"CVE-2026-0001": {"reason": "no padding", "until": until}})
    assert done.returncode == code, done.stdout


def test_a_service_that_cannot_be_reached_is_said_and_passes(tmp_path: Path) -> None:
    done = audited(tmp_path, "http://127.0.0.1:9/v1/query", {})
    assert done.returncode == 0
    assert (
        done.stdout == "dependency audit: not done, the vulnerability service cannot be reached\n"
    )


def test_whatever_is_allowed_has_a_reason_and_a_day() -> None:
    allowed = json.loads((ROOT / "tests/house/allowed_vulnerabilities.json").read_text())
    assert all(each["reason"] and each["until"] for each in allowed.values())
