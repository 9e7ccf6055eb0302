"""The message about a webhook that was switched off."""

from datetime import datetime

from services.core.calendar.rules import SHANGHAI
from services.core.kit.words import Words
from services.core.notifications.texts.form import Text, day, filled

_TITLE = Words("回调已停用：{url}", "Webhook disabled: {url}")
_BODY = Words(
    "回调地址：{url}\n停用原因：{reason}\n"
    "停用后不再推送；事件仍保留在事件日志中。\n"
    "请检查接收端，修复后恢复该回调，并补发错过的事件。\n查看： {link}",
    "Webhook: {url}\nReason: {reason}\n"
    "Nothing more is sent to it; the events stay in the log.\n"
    "Please repair the receiver, resume the webhook, and have what it missed replayed.\n"
    "Open: {link}",
)
_GONE = Words("接收端答复 410，表示该地址已不存在", "the receiver answered 410: it is gone")
_FAILING = Words(
    "自{day}{clock}起，推送从未成功", "nothing was taken since {day}, {clock} (Beijing time)"
)


def webhook_disabled(*, url: str, failing_since: datetime | None, link: str) -> Text:
    """Tell the owner of an endpoint that it is sent nothing more; None: it said it is gone."""
    reason: Words = _GONE
    if failing_since is not None:
        local = failing_since.astimezone(SHANGHAI)
        reason = filled(_FAILING, day=day(local.date()), clock=f"{local:%H:%M}")
    return Text(filled(_TITLE, url=url), filled(_BODY, url=url, reason=reason, link=link), link)
