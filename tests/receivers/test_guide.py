"""What `docs/integrators.md` lets an integrator copy does what it says."""

import json
import re
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.receivers.programs import NODE
from tests.standalone.runs import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "integrators.md").read_text(encoding="utf-8")
KEY = Ed25519PrivateKey.generate()
RAW = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PUBLIC = "whpk_" + b64encode(RAW).decode()
BODY = '{"id":"e-1","data":{"说":"是"}}'.encode()


def snippet(language: str, word: str) -> str:
    """Give the block of the guide in a language that has a word in it."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    (found,) = [block for block in blocks if word in block]
    return str(found)


def headers(*, age: int = 0) -> dict[str, str]:
    """Sign the body as the service does: v1a beside v1."""
    timestamp = str(int(time.time()) - age)
    signed = f"e-1.{timestamp}.".encode() + BODY
    signature = b64encode(KEY.sign(signed)).decode()
    tokens = f"v1,AAAA v1a,{b64encode(bytes(64)).decode()} v1a,{signature}"
    return {"webhook-id": "e-1", "webhook-timestamp": timestamp, "webhook-signature": tokens}


def cases() -> list[tuple[dict[str, str], bytes, bool]]:
    """Give headers as of now, a body, and whether it is genuine."""
    return [
        (headers(), BODY, True),
        (headers(), BODY + b" ", False),
        (headers(age=400), BODY, False),
        (headers() | {"webhook-id": "e-2"}, BODY, False),
        (headers() | {"webhook-signature": "v1,AAAA"}, BODY, False),
    ]


def test_v1a_is_verified_in_python() -> None:
    pytest.importorskip("nacl", reason="PyNaCl is not among the tests' packages")
    space: dict[str, Any] = {}
    exec(snippet("python", "nacl"), space)  # noqa: S102 our own guide
    tried = cases()
    said = [space["is_genuine"](PUBLIC, signed, body) for signed, body, _ in tried]
    assert said == [expected for _, _, expected in tried]


def test_v1a_is_verified_in_node(tmp_path: Path) -> None:
    tried = cases()
    given = json.dumps([[PUBLIC, signed, body.decode()] for signed, body, _ in tried])
    asked = f"{given}.map(([k, h, b]) => isGenuine(k, h, Buffer.from(b)))"
    program = snippet("ts", "createPublicKey") + f"\nconsole.log(JSON.stringify({asked}));\n"
    (tmp_path / "guide.ts").write_text(program, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 our own guide
        [str(NODE), "guide.ts"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [expected for _, _, expected in tried]
