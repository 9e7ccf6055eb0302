"""schemathesis over the document the app serves, in process, bounded: the check of every commit.

`make fuzz` is the long run, at a service of its own.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

from tests.fuzz.__main__ import ALSO_REFUSED, LEFT_OUT, WHERE_THE_SERVICE_ENDS
from tests.fuzz.hooks import before_load_schema
from tests.hostile.siege import Siege, siege

__all__ = ["before_load_schema", "siege"]  # a hook and a fixture
QUIET = settings(
    max_examples=3,
    stateful_step_count=8,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def config() -> SchemathesisConfig:
    checks: dict[str, Any] = {name: {"enabled": False} for name in LEFT_OUT}
    checks |= {name: {"expected-statuses": codes} for name, codes in ALSO_REFUSED.items()}
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {"max-examples": QUIET.max_examples},
            "checks": checks,
        }
    )


@pytest.fixture
def contract(siege: Siege) -> Any:
    loaded = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", siege.client.app, config=config()
    )

    @loaded.auth()
    class Bearer:
        """Gives the province's token, so that the checks know what to leave out."""

        def get(self, *_: Any) -> dict[str, str]:
            return siege.tokens["sasac-zj"]

        def set(self, case: Any, token: dict[str, str], _: Any) -> None:
            case.headers = {**(case.headers or {}), **token}

    return loaded.exclude(operation_id=list(WHERE_THE_SERVICE_ENDS))


def test_every_operation_keeps_its_contract(contract: Any) -> None:
    """Not by the plugin for pytest, which knows pytest 9.2 not yet."""
    wrong, asked = [], 0

    for found in contract.get_all_operations():
        operation = found.ok()

        @QUIET
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate()

        try:
            check()
        except (FailureGroup, ExceptionGroup) as failures:
            wrong += [f"{operation.label}: {each}" for each in failures.exceptions]
    assert wrong == []
    assert asked > 250


def test_chains_of_calls_keep_their_contract(contract: Any) -> None:
    run_state_machine_as_test(contract.as_state_machine(), settings=QUIET)
