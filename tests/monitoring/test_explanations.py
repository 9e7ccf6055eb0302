"""What health prints under every pack, for the same facts: words and numbers, kept as they are.

A change of words or of arithmetic shows itself in `golden/`. To accept it: delete the file, run
this test once (it fails and writes the file anew), read the difference, keep it.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from services.core.monitoring import rules
from services.core.monitoring.rules.verdict import (
    Facts,
    MonthLights,
    OpenMilestone,
    OwedReport,
    YearPlan,
)
from services.core.policies.pack import Dimension, Light
from tests.monitoring.test_rules import DUE, PACKS, at, facts, setting

GOLDEN = Path(__file__).with_name("golden")
SOME = UUID(int=1)
PLAN = YearPlan(2026, Decimal(200), tuple(Decimal(n) for n in (*range(10), 124, 200)))
PAYMENTS = YearPlan(2026, Decimal(160), tuple(Decimal(n) for n in (*range(10), 80, 160)))
YELLOW = {Dimension.START: Light.YELLOW, Dimension.PROGRESS: Light.YELLOW}
MONTHS = tuple(MonthLights(f"2026-{month:02}", YELLOW) for month in (9, 10, 11))


def done(amount: str) -> Facts:
    """Give facts of a year with 62 % planned by November."""
    return facts(
        last_accepted_period="2026-11", cumulative_year=Decimal(amount), plans={2026: PLAN}
    )


def paid(amount: str) -> Facts:
    """Give facts of a year with 50 % of its payments planned by November."""
    return facts(
        last_accepted_period="2026-11", paid_year=Decimal(amount), payments={2026: PAYMENTS}
    )


CASES = {
    "all is well": facts(
        last_accepted_period="2026-11",
        cumulative_year=Decimal(124),
        plans={2026: PLAN},
        last_progress_on=date(2026, 12, 4),
        plan_start_on=date(2026, 3, 1),
    ),
    "investment 0.5 points below": done("123"),
    "investment 20.5 points below": done("83"),
    "investment 31 points below": done("62"),
    "funds paid as planned": paid("80"),
    "funds 12.5 points below": paid("60"),
    "funds 35 points below": paid("24"),
    "not started 39 days after its day": facts(
        has_started=False, is_delivering=False, owes_reports=False, plan_start_on=date(2026, 10, 31)
    ),
    "a report two working days late": facts(owed_reports=(OwedReport(SOME, "2026-11", DUE),)),
    "a milestone in two working days": facts(
        open_milestones=(OpenMilestone(SOME, "施工许可", date(2026, 12, 11)),)
    ),
    "a milestone seven working days late": facts(
        open_milestones=(OpenMilestone(SOME, "施工许可", date(2026, 11, 30)),)
    ),
    "no progress for 45 days": facts(last_progress_on=date(2026, 10, 26)),
    "yellow for three months": facts(
        has_started=False,
        plan_start_on=date(2026, 10, 31),
        last_accepted_period="2026-11",
        cumulative_year=Decimal(83),
        plans={2026: PLAN},
        months=MONTHS,
    ),
}


def explained(code: str) -> str:
    """Write out every rule's answer in every case, in both languages."""
    now = setting(at("2026-12-09"), code)
    lines = []
    for name, known in CASES.items():
        verdicts = rules.assessed(known, now)
        lines += ["", f"# {name}: {rules.overall(verdicts)}"]
        for verdict in verdicts:
            shown = rules.explained(verdict, now)
            lines.append(f"{verdict.rule} {verdict.light}")
            for words in (shown["arithmetic"], shown["turns_green"]):
                lines += [f"    {words[tongue]}" for tongue in ("zh", "en")] if words else []
            lines += [f"    [{shown['source']['en']}]"] if shown["source"] else []
    return "\n".join(lines).lstrip() + "\n"


@pytest.mark.parametrize("code", sorted(path.stem for path in PACKS.glob("*.json")))
def test_every_pack_explains_the_same_facts_in_its_own_words(code: str) -> None:
    kept, now = GOLDEN / f"{code}.txt", explained(code)
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(now, encoding="utf-8")
        pytest.fail(f"{kept.name} was not there; it is written now: read it and keep it")
    assert now == kept.read_text(encoding="utf-8")
