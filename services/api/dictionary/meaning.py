"""One entry of the data dictionary, and the ids that its examples share."""

from typing import Any, NamedTuple

ACCOUNT = "01a20e54-8141-7c35-8a0e-5d1c7f0e2b11"
AGREEMENT = "01a20e54-8290-7d02-9e41-0b6a52c7d920"
ENERGY = "01a20e54-8120-7b19-b0c4-92f4d1e05a01"
GAS_COMPANY = "01a20e54-8121-7f4e-8d5a-6c30a7be1702"
GROUP = "01a20e54-8210-7a6d-9c77-1f0b93d4c627"
PROJECT = "01a20e54-8295-7271-a773-238209461443"
REPORT = "01a20e54-8b12-70c5-a5e1-2f9ad08c41b3"
OTHER = "01a20e54-8e44-747c-930d-a6499c67e299"


UNIT = {"id": GAS_COMPANY, "name": "景宁县天然气有限公司"}
PERSON = {"id": ACCOUNT, "name": "叶某（示意）"}
LNG = "LNG站2座+中压管道约30公里"


def cny(amount: str, qualifier: str = "exact") -> dict[str, str]:
    """Give a sum of money."""
    return {"amount": amount, "currency": "CNY", "qualifier": qualifier}


class Meaning(NamedTuple):
    """What a name means, and values it may have."""

    text: str
    examples: tuple[Any, ...]


def means(text: str, *examples: Any) -> Meaning:  # noqa: ANN401 any JSON value
    """Make an entry."""
    return Meaning(text, examples)
