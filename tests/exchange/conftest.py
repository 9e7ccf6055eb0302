"""A small document, and how it is loaded."""

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.core.calendar.published import base_calendar
from services.core.exchange import actions
from services.core.exchange.actions import Loaded
from services.core.exchange.rules import Anchors
from services.core.exchange.schemas import Document
from services.standalone import papers

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ANCHORS = Anchors(date(2026, 11, 24), base_calendar(), last="2026-10")

DOCUMENT: dict[str, Any] = {
    "code": "trial",
    "title": "A trial",
    "regions": [
        {"code": "331127", "name": "景宁畲族自治县", "level": "county", "parent": "331100"},
        {"code": "331100", "name": "丽水市", "level": "city", "parent": "330000"},
        {"code": "330000", "name": "浙江省", "level": "province"},
    ],
    "organisations": [
        {
            "code": "O-GAS",
            "name": "景宁县天然气有限公司",
            "level": "county",
            "kind": "soe_subsidiary",
            "parent": "O-ENERGY",
            "region": "331127",
        },
        {
            "code": "O-ENERGY",
            "name": "浙江省能源集团",
            "level": "province",
            "kind": "soe_group",
            "region": "330000",
        },
    ],
    "accounts": [
        {"login": "reporter", "name": "甲", "organisation": "O-ENERGY", "role": "reporter"},
        {"login": "reviewer", "name": "乙", "organisation": "O-ENERGY", "role": "reviewer"},
    ],
    "officers": [
        {
            "organisation": "O-ENERGY",
            "duty": "reporter",
            "name": "甲",
            "account": "reporter",
            "valid_from": "2024-01-01",
        }
    ],
    "groups": [
        {
            "code": "G-1",
            "name": "联合团组",
            "region": "331127",
            "established_on": "2024-01-01",
            "members": [
                {"organisation": "O-GAS", "role": "convener", "represents": "O-ENERGY"},
                {"organisation": "O-ENERGY"},
            ],
        }
    ],
    "projects": [
        {
            "code": "P-1",
            "name": "LNG站",
            "group": "G-1",
            "region": "331127",
            "thrust": "livelihood",
            "domain": "energy",
            "track": "investment",
            "stage": "preparatory",
            "lead": "O-ENERGY",
            "partners": [{"organisation": "O-GAS", "role": "owner"}],
            "responsible_account": "reporter",
            "total_investment": {"amount": "40000000.00", "qualifier": "at_least"},
            "reports_from": "month-2",
            "milestones": [{"name": "用地", "gate": "land", "planned_on": "today-6wd"}],
            "plans": [{"year": "year", "planned": {"amount": "1200.00"}}],
        }
    ],
    "reports": [
        {
            "project": "P-1",
            "period": "month-2",
            "state": "accepted",
            "cumulative_year": "100.00",
            "cumulative_all": "100.00",
            "submitted_at": "month-1/4T10:00",
            "submitted_by": "reporter",
            "reviewed_at": "month-1/5T10:00",
            "reviewed_by": "reviewer",
        },
        {"project": "P-1", "period": "month-1", "due_at": "2026-11-24T12:00:00+08:00"},
    ],
}


@pytest.fixture
def document() -> dict[str, Any]:
    """Give a document one may change."""
    return copy.deepcopy(DOCUMENT)


@pytest.fixture
def load(session: Session) -> Callable[..., Loaded]:
    """Let a test load a document as of its day."""

    def loaded(raw: dict[str, Any], **also: Any) -> Loaded:
        read = papers.read(Document, raw, ANCHORS)
        return actions.load(session, read, now=NOW, anchored_on=ANCHORS.today, **also)

    return loaded
