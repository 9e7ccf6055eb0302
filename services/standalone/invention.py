"""The made-up part of the library: what the dice say of its projects, and of those who report.

The generator is seeded, so every load of a day makes the same library, and every row says that it
is illustrative. Twelve months of reports are late, unreviewed, returned, missing or without change
about as often as offices are.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from services.core.calendar.rules import WorkCalendar, day_of, instant_of
from services.core.progress.schemas import ExactMoney, NoChange, ReportFigures
from services.standalone import papers

MONTHS = 12
CODE = "library"
EVIDENCE = "现场核验单（示意）"
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


@dataclass(frozen=True, slots=True)
class Handed:
    """A report as its people hand it in and review it."""

    project: str
    period: str
    at: datetime
    unit: str
    """Whose reporter and reviewer: the end of their log-ins."""
    says: ReportFigures | NoChange
    reviewed_at: datetime | None
    """None: nobody has looked at it yet."""
    is_returned: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that was reached on its planned day."""

    project: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Dates:
    """What the made-up days count from."""

    today: date
    since: date
    """The day as of which the projects are loaded; what happens later is lived through."""
    periods: tuple[str, ...]
    due_at: Callable[[str], datetime]
    calendar: WorkCalendar


class Generator:
    """Makes the document, and what people do after it."""

    def __init__(self, dates: Dates) -> None:
        """Keep what days count from; the dice are thrown alike each time."""
        self._dates, self._periods = dates, dates.periods
        self._dice = random.Random(_SEED)  # noqa: S311 made-up data, guards nothing
        self._paying = random.Random(_SEED + 1)  # noqa: S311 its own, so that it moves no other figure
        self.handed: list[Handed] = []
        self.reached: list[Reached] = []

    def document(self, *, count: int, total: Decimal) -> dict[str, Any]:
        """Make so many projects with so much investment (CNY) together."""
        names = counties()
        projects = [self._project(place, names) for place in range(1, count + 1)]
        self._share_out([one for one in projects if one["track"] == "investment"], total)
        self.handed = [handed for one in projects for handed in self._history(one)]
        groups = {one["region"] for one in projects} - {"331127", "330329"}
        return {
            "code": CODE,
            "title": "合作项目库（291个，示意）",
            "groups": [_group(code, names[code]) for code in sorted(groups)],
            "projects": projects,
        }

    def _project(self, place: int, counties: Mapping[str, str]) -> dict[str, Any]:
        dice = self._dice
        lead, domains = dice.choice(list(_LEADS.items()))
        domain, region = dice.choice(domains), dice.choice(list(counties))
        track = "service" if domain in _SERVICES else "investment"
        stages = _SERVED if track == "service" else _INVESTED
        code = f"L-{place:03}"
        (stage,) = dice.choices(list(stages), weights=list(stages.values()))
        return {
            "code": code,
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
            **self._days(code, stage),
        }

    def _days(self, code: str, stage: str) -> dict[str, Any]:
        """Give the days a project in this stage has had, some of them late."""
        dice, today, since = self._dice, self._dates.today, self._dates.since
        if stage in ("under_construction", "running"):
            start = since - timedelta(days=dice.randint(60, 560))
            finish = today + timedelta(days=dice.randint(60, 800))
            began = start + timedelta(days=dice.choice((0, 0, 0, 14, 60)))
            days = {"plan_start_on": start, "plan_finish_on": finish, "actual_start_on": began}
            return {k: v.isoformat() for k, v in days.items()} | {
                "reports_from": self._periods[0],
                "milestones": self._milestones(code, start, finish),
            }
        if stage in ("completed", "operating", "delivered"):
            finish = since - timedelta(days=dice.randint(0, 300))
            start = finish - timedelta(days=dice.randint(400, 900))
            days = {
                "plan_start_on": start,
                "plan_finish_on": finish,
                "actual_start_on": start,
                "actual_finish_on": finish,
            }
            return {k: v.isoformat() for k, v in days.items()}
        if stage in ("preparatory", "signed", "agreed"):
            start = today + timedelta(days=dice.randint(-120, 400))
            finish = start + timedelta(days=dice.randint(300, 900))
            return {"plan_start_on": start.isoformat(), "plan_finish_on": finish.isoformat()}
        return {}

    def _milestones(self, code: str, start: date, finish: date) -> list[dict[str, Any]]:
        """Give three nodes; those of the past are mostly reached, one in eight is overdue."""
        rows = []
        for name, share, weight in (("基础完成", 30, 30), ("主体完成", 65, 40), ("竣工", 100, 30)):
            planned = start + (finish - start) * share / 100
            row: dict[str, Any] = {
                "name": name,
                "weight": weight,
                "planned_on": planned.isoformat(),
                "is_illustrative": True,
            }
            if planned < self._dates.today and self._dice.random() > 1 / 8:
                if planned <= self._dates.since:
                    row |= {"actual_on": planned.isoformat(), "evidence": EVIDENCE}
                else:
                    self.reached.append(Reached(code, name, planned))
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

    def _history(self, project: dict[str, Any]) -> Iterator[Handed]:
        """Report every month of the last twelve, as well as this project's people do."""
        if not project.get("reports_from"):
            return
        unit = project["responsible_account"].removeprefix("reporter-")
        pace = Decimal(self._dice.randint(55, 108)) / 100
        paying = Decimal(self._paying.randint(70, 100)) / 100
        base, physical, year = Decimal(0), Decimal(5), self._periods[0][:4]
        before = _so_far(project, months_until(self._periods[0], 2)[0], pace, year)
        for period in self._periods:
            if period[:4] != year:
                base, before, year = base + before, Decimal(0), period[:4]
            is_last = period == self._periods[-1]
            fate = self._dice.random()
            if is_last and fate < 7 / 100:
                return
            at, reviewed_at = self._when(period)
            idle = not is_last and self._dice.random() < 3 / 100
            done = before if idle else _so_far(project, period, pace, year)
            physical = physical if idle else min(physical + self._dice.randint(1, 6), Decimal(96))
            said: dict[str, Any] = {"physical_percent": physical}
            if project["track"] == "investment":
                said |= _amounts(done - before, done, base, paying)
            before = done
            yield Handed(
                project=project["code"],
                period=period,
                at=at,
                unit=unit,
                says=NoChange(reason="汛期停工，未发生进度（示意）")
                if idle
                else ReportFigures(
                    image_progress=f"{period}：完成形象进度约 {physical}%（示意）", **said
                ),
                reviewed_at=None if is_last and fate < 13 / 100 else reviewed_at,
                is_returned=is_last and fate < 16 / 100,
            )

    def _when(self, period: str) -> tuple[datetime, datetime]:
        """Say when a report comes and is reviewed: mostly both before it is due."""
        dice, days = self._dice, self._dates.calendar
        due_on = day_of(self._dates.due_at(period))
        if dice.random() < 8 / 100:
            day = days.add_working_days(due_on, dice.randint(1, 4))
            at, latest_on = instant_of(day, time(10, 0)), days.add_working_days(day, 2)
        else:
            day = days.add_working_days(due_on, -dice.randint(0, 3))
            at, latest_on = instant_of(day, dice.choice((time(9, 30), time(15, 0)))), due_on
        reviewed_on = days.add_working_days(day, dice.choice((0, 1, 1, 2)))
        return at, instant_of(min(reviewed_on, latest_on), time(17, 0))


def _amounts(spent: Decimal, done: Decimal, base: Decimal, paying: Decimal) -> dict[str, Any]:
    """Give a report's sums: of the period, of its year, of the whole project; and what was paid."""
    sums = {
        "invested_period": spent,
        "cumulative_year": done,
        "cumulative_all": base + done,
        "paid_year": _cents(done * _PAID * paying),
        "paid_all": _cents((base + done) * _PAID * paying),
    }
    return {name: ExactMoney(amount=amount) for name, amount in sums.items()}


def _so_far(project: dict[str, Any], period: str, pace: Decimal, year: str) -> Decimal:
    """Give what was invested in a year by a month's end, at a project's own pace."""
    for plan in project.get("plans", ()):
        if period[:4] == year == str(plan["year"]):
            curve = Decimal(plan["curve"][int(period[5:]) - 1])
            return (curve * pace).quantize(Decimal("0.01"))
    return Decimal(0)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _money(amount: Decimal) -> dict[str, Any]:
    return {"amount": f"{amount:.2f}", "qualifier": "at_least"}


def counties() -> dict[str, str]:
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


def months_until(last: str, count: int) -> list[str]:
    """Give so many months, YYYY-MM, up to one."""
    months = [int(last[:4]) * 12 + int(last[5:]) - 1 - back for back in range(count)]
    return [f"{month // 12}-{month % 12 + 1:02}" for month in reversed(months)]
