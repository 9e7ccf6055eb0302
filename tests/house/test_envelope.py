"""The event the relay writes is the event the contract describes."""

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.api import facts
from services.core.kit import clock, ledger
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import FeedEvent
from services.core.kit.ids import new_id
from services.core.kit.trace import TRACEPARENT, continued
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp

FACT = RegionChanged(region_code="331127", change="entered")


@pytest.mark.parametrize("traceparent", [None, continued(None)], ids=["no trace", "a trace"])
def test_a_stamped_event_keeps_the_contract(session: Session, traceparent: str | None) -> None:
    token = TRACEPARENT.set(traceparent)
    event_id = ledger.record(
        session,
        FACT,
        about=Subject("region", new_id(), for_everybody=True),
        by=Actor.part("seed"),
        now=clock.house_now(session),
    )
    TRACEPARENT.reset(token)
    assert len(stamp(session, 10)) == 1
    body = session.scalars(select(FeedEvent.body).where(FeedEvent.event_id == event_id)).one()
    event = json.loads(body)
    Draft202012Validator(facts.ENVELOPE, format_checker=FormatChecker()).validate(event)
    Draft202012Validator(facts.data_schema(RegionChanged)).validate(event["data"])
    assert set(event) <= set(facts.ENVELOPE["properties"])
    assert event["dataschema"] == facts.urn_of(RegionChanged)
    assert event.get("traceparent") == traceparent
