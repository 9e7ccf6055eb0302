"""A regulator hears once of a target at risk and of a statement the records do not bear out."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.escalations import actions
from services.core.monitoring.models import Finding
from services.core.notifications import actions as notifications
from services.core.notifications import mail
from services.core.notifications.models import Notification
from tests.chasing import Postbox, office, seen
from tests.given import at
from tests.monitoring.test_totals import Province


@pytest.fixture
def province(session: Session) -> Province:
    made = Province(session)
    office(session, made.sasac, "leader", "regulator")
    return made


def hear(session: Session, name: str, finding: Finding) -> None:
    fact = seen(name, finding_id=finding.id, region_code="330000")
    actions.READERS[name](session, fact, at("2026-11-10 22:00"))
    session.flush()


def told(session: Session) -> list[Any]:
    return list(session.scalars(select(Notification).order_by(Notification.title_zh)))


def test_the_regulator_is_told_once_with_the_findings_own_words(
    session: Session, province: Province, postbox: Postbox
) -> None:
    target = province.target("2500.00")
    province.statement(291)
    province.look()
    for _ in range(2):
        for finding in session.scalars(select(Finding)):
            name = "target.at_risk" if finding.target_id else "library.gap_opened"
            hear(session, name, finding)
    people = {row.account_id for row in told(session)}
    titles = sorted({row.title_zh for row in told(session)})
    assert titles == [
        "提示：浙江省2026年目标预计完不成",
        "提示：浙江省公布的项目库规模（2026-09）与记录不符",
    ]
    assert len(told(session)) == 2 * len(people)
    of_target = next(row for row in told(session) if "目标" in row.title_zh)
    assert "缺 4%" in of_target.body_zh
    assert "It turns green with" in of_target.body_en
    assert of_target.link.endswith(f"/api/v1/annual-targets/{target.id}")
    late, morning = at("2026-11-10 22:00"), at("2026-11-11 08:30")
    assert notifications.claim_due(session, now=late, limit=100) == []
    for letter in notifications.claim_due(session, now=morning, limit=100):
        notifications.settle(session, letter, mail.send(letter), now=morning)
    assert {str(letter["Subject"]) for letter in postbox.letters} <= set(titles)


def test_nothing_is_told_of_what_is_no_longer_so(session: Session, province: Province) -> None:
    province.target("2500.00")
    province.look()
    (finding,) = session.scalars(select(Finding))
    finding.state = "cleared"
    session.flush()
    hear(session, "target.at_risk", finding)
    assert told(session) == []
