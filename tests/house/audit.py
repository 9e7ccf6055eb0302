"""`make check` asks whether a locked dependency has a known vulnerability, where that can be asked.

A vulnerability fails the check unless `allowed_vulnerabilities.json` names it with a reason and a
day until which that holds. Where the service (osv.dev) cannot be reached, one line says so.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.core.kit.clock import machine_now
from tests.house.sources import ROOT

ALLOWED = ROOT / "tests" / "house" / "allowed_vulnerabilities.json"
LIMIT_SECONDS = 120.0


class Unreachable(Exception):
    """The service did not answer, or not for any of the dependencies."""


def main() -> int:
    """Say what was found; 0 if nothing, or if nobody could be asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    asked.add_argument("--allowed", type=Path, default=ALLOWED)
    asked.add_argument("--osv-url", default="https://api.osv.dev/v1/query")
    asked.add_argument("--seconds", type=float, default=LIMIT_SECONDS)
    chosen = asked.parse_args()
    try:
        found = report(chosen.lock, chosen.osv_url, chosen.seconds)
    except Unreachable as error:
        print(f"dependency audit: not done, {error}")  # noqa: T201 the command's result
        return 0
    allowed = json.loads(chosen.allowed.read_text(encoding="utf-8"))
    bad = list(faults(found, allowed, machine_now().date().isoformat()))
    for line in bad:
        print(f"dependency audit: {line}")  # noqa: T201 the command's result
    count = sum("vulns" in each for each in found["dependencies"])
    print(f"dependency audit: {count} dependencies, {len(bad)} to act on")  # noqa: T201 the same
    return int(bool(bad))


def report(lock: Path, osv_url: str, seconds: float) -> dict[str, Any]:
    """Ask the service about every line of the lock, installing nothing.

    Raises:
        Unreachable: it does not answer, or not in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 our own arguments
            [
                str(Path(sys.executable).with_name("pip-audit")),
                *("--require-hashes", "--disable-pip", "--requirement", str(lock)),
                *("--vulnerability-service", "osv", "--osv-url", osv_url),
                *("--format", "json", "--progress-spinner", "off", "--timeout", "10"),
            ],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Unreachable(f"the vulnerability service took more than {seconds:.0f} s") from None
    except ValueError:
        raise Unreachable("the vulnerability service cannot be reached") from None
    if not any("vulns" in each for each in found["dependencies"]):
        raise Unreachable("the vulnerability service knows none of the dependencies")
    return found


def faults(
    found: Mapping[str, Any], allowed: Mapping[str, Mapping[str, str]], today: str
) -> Iterator[str]:
    """Give what must be acted on: what is not allowed, or no longer."""
    for each in found["dependencies"]:
        for known in each.get("vulns", ()):
            names = {known["id"], *known.get("aliases", ())}
            until = max((allowed[name]["until"] for name in names & allowed.keys()), default="")
            if until < today:
                mended = ", ".join(known["fix_versions"]) or "nowhere yet"
                late = f"; was allowed until {until}" if until else ""
                said = f"{each['name']} {each['version']}: {known['id']}, mended in {mended}{late}"
                yield said


if __name__ == "__main__":
    sys.exit(main())
