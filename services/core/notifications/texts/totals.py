"""Messages about totals of a place: a target at risk, a statement the records do not bear out."""

from collections.abc import Mapping

from services.core.kit.words import Words
from services.core.notifications.texts.form import Text, filled

_TARGET = Words(
    "提示：{region}{when}年目标预计完不成", "Notice: the {when} target of {region} is at risk"
)
_STATEMENT = Words(
    "提示：{region}公布的项目库规模（{when}）与记录不符",
    "Notice: what {region} stated of its library ({when}) and the records differ",
)
_TITLES: Mapping[str, Words] = {"target": _TARGET, "statement": _STATEMENT}
_BODY = Words("{found}\n{better}\n查看： {link}", "{found}\n{better}\nOpen: {link}")


def total_found(
    about: str, *, region: Words, when: str, found: Words, better: Words, link: str
) -> Text:
    """Tell the regulator of a `target` or a `statement` what was found, with the arithmetic."""
    return Text(
        filled(_TITLES[about], region=region, when=when),
        filled(_BODY, found=found, better=better, link=link),
        link,
    )
