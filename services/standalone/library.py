"""The library of 291 projects: made up over the article's domains, counties and totals.

Source of the two totals: 目前已入库重点合作项目291个，总投资超2800亿元 (2022-10 to 2023). No other
figure is anybody's: the generator is seeded, so every load of a day makes the same library, and
every row says that it is illustrative. Twelve months of reports are late, unreviewed, returned,
missing or without change about as often as offices are.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.core.exchange import actions, queries
from services.core.exchange.actions import Loaded
from services.core.exchange.rules import Anchors
from services.core.exchange.schemas import Document
from services.core.policies import queries as policies
from services.core.progress import rules as progress
from services.core.projects.models import Project
from services.standalone import papers

COUNT, TOTAL, MONTHS = 291, Decimal(280_000_000_000), 12
CODE = "library"
_SEED = 291
_TEN_THOUSAND = Decimal(10_000)
_SOURCE = "示意数据，由种子生成；仅个数与总额取自2023年文章（291个，超2800亿元）"

_LEADS: Mapping[str, tuple[str, ...]] = {
    "energy": ("energy", "new_energy"),
    "mech": ("manufacturing", "education", "digital_economy"),
    "tour": ("culture_tourism", "service"),
    "erqing": ("manufacturing", "rural_vitalisation"),
    "capop": ("biomedicine", "environment"),
    "natres": ("geology_service", "environment"),
    "rcu": ("finance",),
    "agri": ("agriculture", "rural_vitalisation"),
    "wz": ("elderly_care", "talent", "service"),
    "hanggang": ("major_infrastructure", "digital_economy"),
}
"""Provincial groups of the demonstration by their log-ins, and what each is at home in."""
_SERVICES = frozenset({"finance", "education", "talent", "elderly_care", "geology_service"})
_LIVELIHOOD = frozenset({"energy", "elderly_care", "education", "talent", "environment"})
_THINGS: Mapping[str, str] = {
    "energy": "天然气利用工程",
    "new_energy": "抽水蓄能电站",
    "manufacturing": "精密制造产业园",
    "education": "职教共建",
    "digital_economy": "数字经济产业园",
    "culture_tourism": "全域旅游综合开发",
    "service": "供应链服务中心",
    "rural_vitalisation": "乡村振兴综合体",
    "biomedicine": "中药材精深加工",
    "environment": "流域综合治理",
    "geology_service": "地质技术服务",
    "finance": "普惠金融服务",
    "agriculture": "高山蔬菜基地",
    "elderly_care": "康养服务",
    "talent": "人才工作站",
    "major_infrastructure": "公路提升工程",
}
_INVESTED = {
    "under_construction": 55,
    "preparatory": 18,
    "signed": 8,
    "reserve": 5,
    "idea": 4,
    "completed": 6,
    "operating": 4,
}
_SERVED = {"running": 70, "agreed": 20, "delivered": 10}
"""In how many of a hundred each stage is."""
_SHAPE = (2, 3, 6, 8, 10, 11, 11, 11, 11, 10, 9, 8)
"""What a year's work is spread over its months by, in %: little in winter."""
_PAID = Decimal("0.9")
"""The share of the work that is planned to be paid within its year; the rest is kept back."""


def load(session: Session, *, now: datetime) -> Loaded:
    """Fill the demonstration's library up to 291 projects; a second time changes nothing."""
    anchors = queries.anchors(session, code=CODE, now=now)
    there = session.execute(
        select(func.count(), func.sum(Project.total_investment)).where(
            ~Project.code.startswith("L-")
        )
    ).one()
    cadence = policies.current(session, code=None, on=anchors.today).pack.cadence
    raw = Generator(
        anchors, now, lambda period: progress.due_at(period, cadence, anchors.calendar)
    ).document(count=COUNT - there[0], total=TOTAL - (there[1] or 0))
    document = papers.read(Document, raw, anchors)
    return actions.load(session, document, now=now, anchored_on=anchors.today)


class Generator:
    """Makes the document."""

    def __init__(self, anchors: Anchors, now: datetime, due_at: Callable[[str], datetime]) -> None:
        """Keep what days count from; the dice are thrown alike each time."""
        self._anchors, self._now, self._due_at = anchors, now, due_at
        self._dice = random.Random(_SEED)  # noqa: S311 made-up data, guards nothing
        self._paying = random.Random(_SEED + 1)  # noqa: S311 its own, so that it moves no other figure
        self._periods = _months_until(anchors.last or f"{anchors.today:%Y-%m}", MONTHS)

    def document(self, *, count: int, total: Decimal) -> dict[str, Any]:
        """Make so many projects with so much investment (CNY) together."""
        names = _counties()
        projects = [self._project(place, names) for place in range(1, count + 1)]
        self._share_out([one for one in projects if one["track"] == "investment"], total)
        reports = [report for one in projects for report in self._history(one)]
        groups = {one["region"] for one in projects} - {"331127", "330329"}
        return {
            "code": CODE,
            "title": "合作项目库（291个，示意）",
            "groups": [_group(code, names[code]) for code in sorted(groups)],
            "projects": projects,
            "reports": reports,
        }

    def _project(self, place: int, counties: Mapping[str, str]) -> dict[str, Any]:
        dice = self._dice
        lead, domains = dice.choice(list(_LEADS.items()))
        domain, region = dice.choice(domains), dice.choice(list(counties))
        track = "service" if domain in _SERVICES else "investment"
        stages = _SERVED if track == "service" else _INVESTED
        (stage,) = dice.choices(list(stages), weights=list(stages.values()))
        return {
            "code": f"L-{place:03}",
            "name": f"{counties[region]}{_THINGS[domain]}（示意{place}）",
            "group": _group_code(region),
            "region": region,
            "thrust": "livelihood" if domain in _LIVELIHOOD else "industry",
            "domain": domain,
            "track": track,
            "stage": stage,
            "lead": f"O-{lead.upper()}",
            "responsible_account": f"reporter-{lead}",
            "source": _SOURCE,
            "is_illustrative": True,
            **self._days(stage),
        }

    def _days(self, stage: str) -> dict[str, Any]:
        """Give the days a project in this stage has had, some of them late."""
        dice, today = self._dice, self._anchors.today

        def on(low: int, high: int) -> Any:  # noqa: ANN401 a day
            return today + timedelta(days=dice.randint(low, high))

        if stage in ("under_construction", "running"):
            start, finish = on(-900, -400), on(60, 800)
            began = start + timedelta(days=dice.choice((0, 0, 0, 14, 60)))
            days = {"plan_start_on": start, "plan_finish_on": finish, "actual_start_on": began}
            return {k: v.isoformat() for k, v in days.items()} | {
                "reports_from": self._periods[0],
                "milestones": self._milestones(start, finish),
            }
        if stage in ("completed", "operating", "delivered"):
            start, finish = on(-1500, -700), on(-300, -30)
            days = {
                "plan_start_on": start,
                "plan_finish_on": finish,
                "actual_start_on": start,
                "actual_finish_on": finish,
            }
            return {k: v.isoformat() for k, v in days.items()}
        if stage in ("preparatory", "signed", "agreed"):
            start = on(-120, 400)
            finish = start + timedelta(days=dice.randint(300, 900))
            return {"plan_start_on": start.isoformat(), "plan_finish_on": finish.isoformat()}
        return {}

    def _milestones(self, start: Any, finish: Any) -> list[dict[str, Any]]:  # noqa: ANN401 days
        """Give three nodes; those of the past are mostly reached, one in eight is overdue."""
        rows, today = [], self._anchors.today
        for name, share, weight in (("基础完成", 30, 30), ("主体完成", 65, 40), ("竣工", 100, 30)):
            planned = start + (finish - start) * share / 100
            row: dict[str, Any] = {
                "name": name,
                "weight": weight,
                "planned_on": planned.isoformat(),
                "is_illustrative": True,
            }
            if planned < today and self._dice.random() > 1 / 8:
                row |= {"actual_on": planned.isoformat(), "evidence": "现场核验单（示意）"}
            rows.append(row)
        return rows

    def _share_out(self, projects: Sequence[dict[str, Any]], total: Decimal) -> None:
        """Give every project its investment and its plans; together exactly the total."""
        sizes = [self._dice.lognormvariate(0, 1.1) for _ in projects]
        left = total
        for one, size in zip(projects[:-1], sizes, strict=False):
            share = total * Decimal(size) / Decimal(sum(sizes))
            amount = max((share / _TEN_THOUSAND).quantize(Decimal(1)), Decimal(100))
            one["total_investment"] = _money(amount * _TEN_THOUSAND)
            left -= amount * _TEN_THOUSAND
        projects[-1]["total_investment"] = _money(left)
        for one in projects:
            if one.get("reports_from"):
                one["plans"] = self._plans(Decimal(one["total_investment"]["amount"]))

    def _plans(self, whole: Decimal) -> list[dict[str, Any]]:
        """Plan each year that the twelve months touch."""
        plans = []
        for year in sorted({int(period[:4]) for period in self._periods}):
            percent = Decimal(self._dice.randint(15, 35))
            planned = (whole * percent / 100).quantize(Decimal("0.01"))
            curve, so_far = [], 0
            for part in _SHAPE:
                so_far += part
                curve.append((planned * so_far / 100).quantize(Decimal("0.01")))
            plans.append(
                {
                    "year": year,
                    "planned": _money(planned),
                    "curve": [str(amount) for amount in curve],
                    "payments": _money(_cents(planned * _PAID)),
                    "payment_curve": [str(_cents(amount * _PAID)) for amount in curve],
                    "is_illustrative": True,
                }
            )
        return plans

    def _history(self, project: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Report every month of the last twelve, as well as this project's people do."""
        if not project.get("reports_from"):
            return
        login = project["responsible_account"].removeprefix("reporter-")
        pace = Decimal(self._dice.randint(55, 108)) / 100
        paying = Decimal(self._paying.randint(70, 100)) / 100
        before = Decimal(0)
        base, year, physical = Decimal(0), "", Decimal(5)
        for number, period in enumerate(self._periods):
            if period[:4] != year:
                base, before, year = base + before, Decimal(0), period[:4]
            row = {"project": project["code"], "period": period, "is_illustrative": True}
            is_last = number == len(self._periods) - 1
            handled = self._handled(period, login, is_last=is_last)
            if handled["state"] == "due":
                yield row | handled
                return
            idle = not is_last and self._dice.random() < 3 / 100
            done = before if idle else _so_far(project, period, pace)
            physical = physical if idle else min(physical + self._dice.randint(1, 6), Decimal(96))
            said: dict[str, Any] = {"physical_percent": str(physical)}
            if idle:
                said |= {"is_no_change": True, "no_change_reason": "汛期停工，未发生进度（示意）"}
            else:
                said["image_progress"] = f"{period}：完成形象进度约 {physical}%（示意）"
            if project["track"] == "investment":
                said |= {
                    "invested_period": str(done - before),
                    "cumulative_year": str(done),
                    "cumulative_all": str(base + done),
                    "paid_year": str(_cents(done * _PAID * paying)),
                    "paid_all": str(_cents((base + done) * _PAID * paying)),
                }
            before = done
            yield row | handled | said

    def _handled(self, period: str, login: str, *, is_last: bool) -> dict[str, Any]:
        """Say when a report came and what became of it; the latest may be on its way still."""
        dice, due_at = self._dice, self._due_at(period)
        fate = dice.random()
        if is_last and fate < 7 / 100:
            return {"state": "due"}
        late = dice.random() < 8 / 100
        hours = dice.randint(2, 90) if late else -dice.randint(1, 60)
        submitted = min(due_at + timedelta(hours=hours), self._now)
        handed: dict[str, Any] = {
            "submitted_at": submitted.isoformat(),
            "submitted_by": f"reporter-{login}",
        }
        if is_last and fate < 13 / 100:
            return {"state": "submitted", **handed}
        handed |= {
            "reviewed_at": min(
                submitted + timedelta(hours=dice.randint(1, 40)), self._now
            ).isoformat(),
            "reviewed_by": f"reviewer-{login}",
        }
        if is_last and fate < 16 / 100:
            return {"state": "returned", "review_note": "与支付凭证不符，请核对（示意）", **handed}
        return {"state": "accepted", **handed}


def _so_far(project: dict[str, Any], period: str, pace: Decimal) -> Decimal:
    """Give what was invested in a year by a month's end, at a project's own pace."""
    for plan in project.get("plans", ()):
        if plan["year"] == int(period[:4]):
            curve = Decimal(plan["curve"][int(period[5:]) - 1])
            return (curve * pace).quantize(Decimal("0.01"))
    return Decimal(0)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _money(amount: Decimal) -> dict[str, Any]:
    return {"amount": f"{amount:.2f}", "qualifier": "at_least"}


def _counties() -> dict[str, str]:
    """Give the counties on the list of 25, from the demonstration's own document."""
    return {
        region["code"]: region["name"]
        for region in papers.packaged("demo.json")["regions"]
        for listed in region.get("designations", ())
        if listed["kind"] == "mountain_island_25"
    }


def _group_code(region: str) -> str:
    return {"331127": "G-JN", "330329": "G-TS"}.get(region, f"G-{region}")


def _group(region: str, name: str) -> dict[str, Any]:
    """Make a county's joint group of three provincial groups; the first convenes it."""
    leads = sorted(_LEADS)
    first = int(region) % len(leads)
    units = [f"O-{leads[(first + step) % len(leads)].upper()}" for step in range(3)]
    return {
        "code": _group_code(region),
        "name": f"国资国企助力山区海岛县共同富裕联合团组({name})（示意）",
        "region": region,
        "established_on": "2023-03-01",
        "is_illustrative": True,
        "source": _SOURCE,
        "members": [
            {"organisation": unit, "role": "convener" if unit == units[0] else "member"}
            for unit in units
        ],
    }


def _months_until(last: str, count: int) -> list[str]:
    """Give so many months, YYYY-MM, up to one."""
    months = [int(last[:4]) * 12 + int(last[5:]) - 1 - back for back in range(count)]
    return [f"{month // 12}-{month % 12 + 1:02}" for month in reversed(months)]
