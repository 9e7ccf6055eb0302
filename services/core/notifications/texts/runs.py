"""The message that says that nothing was found (零报告)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.core.calendar.rules import SHANGHAI
from services.core.kit.words import Words
from services.core.notifications.texts.form import Text, day, filled

_TITLE = Words("零报告：{day}监测未发现问题", "Nothing found: the watch of {day}")
_GROUP = Words(
    "“{name}”：监测项目{projects}个，未发现问题",
    "{name}: {projects} project(s) watched, none found wanting",
)
_BODY = Words(
    "{groups}\n自{since}以来的监测按时完成。无需办理。\n查看： {link}",
    "{groups}\nThe watch ran as it should since {since}. Nothing is to be done.\nOpen: {link}",
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """A group of which there is nothing to tell, and how many of its projects are watched."""

    name: str
    projects: int


def nothing_found(
    groups: Sequence[Quiet], *, since_at: datetime, ran_at: datetime, link: str
) -> Text:
    """Tell that a daily run found nothing in these groups."""
    lines = [filled(_GROUP, name=group.name, projects=group.projects) for group in groups]
    listed = Words("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))
    since, ran = since_at.astimezone(SHANGHAI), ran_at.astimezone(SHANGHAI)
    title = filled(_TITLE, day=day(ran.date()))
    return Text(title, filled(_BODY, groups=listed, since=day(since.date()), link=link), link)
