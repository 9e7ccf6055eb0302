"""Every event the domain names whose room exists is catalogued, and shown by an example."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.core import catalogue

DOMAIN = [
    "group.established",
    "group.convener_changed",
    "group.member_joined",
    "group.member_left",
    "meeting.scheduled",
    "meeting.held",
    "meeting.minutes_approved",
    "meeting.cancelled",
    "agreement.signed",
    "agreement.converted",
    "agreement.expiring",
    "agreement.closed",
    "project.admitted",
    "project.stage_changed",
    "project.moved_out",
    "project.stalled",
    "project.resumed",
    "project.completed",
    "plan.baselined",
    "plan.changed",
    "progress.submitted",
    "progress.accepted",
    "progress.returned",
    "progress.missing",
    "blocker.raised",
    "blocker.escalated",
    "blocker.resolved",
    "blocker.closed",
    "consultation.concluded",
    "health.changed",
    "reminder.sent",
    "reminder.acknowledged",
    "reminder.failed",
    "supervision.drafted",
    "supervision.issued",
    "supervision.signed",
    "supervision.closed",
    "escalation.started",
    "escalation.stepped",
    "escalation.stopped",
    "target.at_risk",
    "monitor.run_completed",
    "monitor.run_missed",
    "import.completed",
    "webhook.disabled",
]
"""The domain's catalogue (its section 1.7), less what has no room yet: `ROOMLESS`."""

ROOMLESS = {
    "decision",
    "action_item",
    "list",
    "list_entry",
    "demand",
    "practice",
}
"""Nouns of the domain's catalogue that nothing here keeps."""

UNSAID = {
    "agreement.expiring": "no rule of the house looks for it (the domain's MR-10)",
}
"""Names of the domain that nothing here can truthfully say, each with its reason."""


@pytest.mark.parametrize("name", sorted({*DOMAIN} - UNSAID.keys()))
def test_an_event_of_the_domain_is_in_the_catalogue(name: str) -> None:
    fact = catalogue.BY_NAME[name]
    assert fact.TITLE.zh
    assert fact.TITLE.en


def test_what_is_unsaid_is_of_the_domain_and_has_no_event() -> None:
    assert UNSAID.keys() <= {*DOMAIN}
    assert not UNSAID.keys() & catalogue.BY_NAME.keys()


def test_every_event_is_shown_by_an_example_of_its_data() -> None:
    document = json.loads(Path("docs/contract/asyncapi.json").read_text())
    shown = {
        example["payload"]["type"]
        for message in _messages(document)
        for example in message["examples"]
        if example["payload"]["data"] is not None
    }
    assert shown == catalogue.BY_NAME.keys()


def _messages(value: object) -> Iterator[dict[str, Any]]:
    """Find every message of the document that has examples of its payload."""
    if isinstance(value, dict):
        if isinstance(value.get("examples"), list) and "payload" in value:
            yield value
        for inner in value.values():
            yield from _messages(inner)


def test_a_noun_without_a_room_has_no_event() -> None:
    assert not ROOMLESS & {name.partition(".")[0] for name in catalogue.BY_NAME}
