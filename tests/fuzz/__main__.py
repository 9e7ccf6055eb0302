"""`make fuzz`: ten thousand requests and more, made up by schemathesis, at a service of its own.

Starts the whole service with the demonstration and a second county, lets several roles loose on it,
and looks afterwards: how much was asked, whether anything answered 5xx, whether every list still
answers, whether the service logged an error. What is left out of the checks stands in `LEFT_OUT`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.api.authority import rule_of
from services.api.relations import Open, Rule
from tests.standalone.runs import REPOSITORY, Run, tuanzu

LEFT_OUT = {
    "positive_data_acceptance": "rules that JSON Schema cannot say (a day in order, a unit that "
    "exists) refuse what the schema allows",
}
"""Checks of schemathesis that say nothing about this service, and why."""
_REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
ALSO_REFUSED = {
    "missing_required_header": ["400", "401", "403", "404", "415", "422", "428"],
    "negative_data_rejection": _REFUSED,
}
"""What else than schemathesis thinks is a refusal: a batch that is too long is 413."""
WHERE_THE_SERVICE_ENDS = {
    "revokeToken": "revokes the token the fuzz works with",
    "closeAccount": "closes the account the fuzz works as",
    "signOut": "ends the session the fuzz works in",
    "endSession": "ends the session the fuzz works in",
}
"""Operations that are left out for the roles that may do them, and why."""
NEEDED = 10_000
HOOKS = "tests.fuzz.hooks"


@dataclass(frozen=True)
class Pass:
    """One run of schemathesis: as whom, beside whom, how long."""

    who: str
    peer: str
    phases: str
    share: float


PASSES = (
    Pass("sasac-zj", "sasac-wz", "coverage,fuzzing,stateful", 1.0),
    Pass("convener-jn", "convener-ts", "fuzzing,stateful", 1.0),
    Pass("integrator-ts", "reporter-energy", "fuzzing,stateful", 0.5),
    Pass("system-admin", "reporter-ts", "fuzzing,stateful", 0.5),
    Pass("security-admin", "reporter-ts", "fuzzing,stateful", 0.5),
)


def main() -> int:
    """Run it all; 0 only if nothing was found and enough was asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=30, help="cases per operation and pass")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--reports", type=Path, help="a folder to keep schemathesis's reports in")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tuanzu-fuzz-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        run = Run(
            place / "home",
            "real",
            {
                "TUANZU_DEMO": "1",
                "TUANZU_START_WITHIN": "PT5M",
                "TUANZU_REQUESTS_PER_MINUTE": "1000000",
                "TUANZU_ANONYMOUS_REQUESTS_PER_MINUTE": "1000000",
            },
        )
        try:
            run.ready()
            return _fuzzed(run, place, chosen)
        finally:
            run.stop()


def _fuzzed(run: Run, place: Path, chosen: argparse.Namespace) -> int:
    seeded = tuanzu(run.home, "seed", "--json", REPOSITORY / "tests/fuzz/second_county.json")
    tokens: dict[str, str] = json.loads(seeded.stdout)["tokens"]
    for login in {name for each in PASSES for name in (each.who, each.peer)} - tokens.keys():
        tokens[login] = tuanzu(run.home, "token", login).stdout.split()[-1]
    base = f"http://127.0.0.1:{run.port}"
    failed = [each.who for each in PASSES if _schemathesis(each, base, tokens, place, chosen) != 0]
    served = _served(base)
    broken = list(_broken_lists(base, tokens))
    errors = list(_errors(run.home / "logs"))
    total, fatal = sum(served.values()), served.get("5xx", 0)
    print(f"\nrequests served: {total} {served}")  # noqa: T201 the command's result
    print(f"passes with findings: {failed}; lists broken: {broken}; errors logged: {len(errors)}")  # noqa: T201
    for line in errors[:5]:
        print(line[:2000])  # noqa: T201
    return int(bool(failed or broken or errors or fatal or total < NEEDED))


def _errors(logs: Path) -> Iterator[str]:
    """Give the lines in which a process of the service says that something went wrong."""
    for file in sorted(logs.glob("*.log*")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and json.loads(line).get("level") in ("error", "critical"):
                yield f"{file.name}: {line}"


def _schemathesis(
    each: Pass, base: str, tokens: Mapping[str, str], place: Path, chosen: argparse.Namespace
) -> int:
    """Run schemathesis as one role, with its peer for what only one of them may see."""
    people = [
        {
            "name": name.replace("-", "_"),
            "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {tokens[name]}"}],
        }
        for name in (each.who, each.peer)
    ]
    (place / "auth.json").write_text(json.dumps({"auth": people}), encoding="utf-8")
    names = ", ".join(f'"{one["name"]}"' for one in people)
    (place / "schemathesis.toml").write_text(
        "request-timeout = 20.0\ncontinue-on-failure = true\n"
        + "".join(
            f"[checks.{name}]\nexpected-statuses = {json.dumps(codes)}\n"
            for name, codes in ALSO_REFUSED.items()
        )
        + f"[[operations]]\ninclude-operation-id = {json.dumps(_public())}\n"
        "[operations.checks.object_level_authorization]\nenabled = false\n"
        + f'[auth.wfc]\npath = "{place / "auth.json"}"\npeers = [{names}]\n',
        encoding="utf-8",
    )
    reports = (
        ("--report", "junit,ndjson", "--report-dir", str(chosen.reports / each.who))
        if chosen.reports
        else ()
    )
    skipped = [word for name in WHERE_THE_SERVICE_ENDS for word in ("--exclude-operation-id", name)]
    command = [
        Path(sys.executable).with_name("schemathesis"),
        *("--config-file", place / "schemathesis.toml"),
        *("run", f"{base}/api/v1/openapi.json", "--url", base),
        *("--phases", each.phases, "--max-examples", int(chosen.examples * each.share)),
        *("--workers", 1, "--seed", chosen.seed, "--no-shrink"),
        # All checks are on; naming them all here would overrule what the file says of some reads.
        *("--exclude-checks", ",".join(LEFT_OUT)),
        *("--suppress-health-check", "all", "--no-color"),
        *skipped,
        *reports,
    ]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "SCHEMATHESIS_HOOKS": HOOKS}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=place, check=False, env=environment).returncode  # noqa: S603 our own arguments


def _public() -> list[str]:
    """Name the reads of one record that everybody may read, whoever entered it."""
    contract = json.loads((REPOSITORY / "docs/contract/openapi.json").read_text(encoding="utf-8"))
    names = [one["get"]["operationId"] for one in contract["paths"].values() if "get" in one]
    single = [name for name in names if name.startswith("get") or name.endswith("History")]
    return [name for name in single if rule_of(name) == Rule(Open.ACCOUNT)]


def _served(base: str) -> dict[str, int]:
    """Count what the service says it answered, by class of status."""
    counts: dict[str, int] = {}
    with urllib.request.urlopen(f"{base}/metrics", timeout=20) as answer:  # noqa: S310 our own address
        text = answer.read().decode()
    for found in re.finditer(
        r'^http_requests_total\{.*status="(\w)\w+".*\} ([0-9.e+]+)$', text, re.MULTILINE
    ):
        kind = f"{found[1]}xx"
        counts[kind] = counts.get(kind, 0) + int(float(found[2]))
    return counts


def _broken_lists(base: str, tokens: Mapping[str, str]) -> Iterator[str]:
    """Ask for every list that needs no id, as everybody."""
    with urllib.request.urlopen(f"{base}/api/v1/openapi.json", timeout=20) as answer:  # noqa: S310 our own address
        document = json.load(answer)
    for path, item in document["paths"].items():
        names = {each["name"] for each in item.get("get", {}).get("parameters", ())}
        if "limit" not in names or "{" in path:
            continue
        for login, token in tokens.items():
            request = urllib.request.Request(  # noqa: S310 our own address
                f"{base}{path}?limit=200", headers={"Authorization": f"Bearer {token}"}
            )
            try:
                urllib.request.urlopen(request, timeout=20).close()  # noqa: S310 our own address
            except urllib.error.HTTPError as error:
                if error.code not in (401, 403):
                    yield f"{path} as {login}: {error.code}"


if __name__ == "__main__":
    sys.exit(main())
