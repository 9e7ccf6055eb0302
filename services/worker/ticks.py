"""What is looked for whenever a worker wakes: each tick finds due rows and does them.

A tick is `(session, *, now, limit) -> how many`; the door gives it a transaction and the time.
"""

from collections.abc import Callable

from services.core.blockers import actions as blockers
from services.core.escalations import actions as escalations
from services.core.evidence import actions as evidence
from services.core.meetings import actions as meetings
from services.core.monitoring import actions as monitoring
from services.core.monitoring import totals
from services.core.progress import actions as progress
from services.core.reminders import actions as reminders
from services.core.runs import actions as runs
from services.core.webhooks import actions as webhooks

Tick = Callable[..., int]

TICKS: dict[str, Tick] = {
    "progress.open": progress.open_due,
    "blockers.resume": blockers.resume_due,
    "monitoring.check": monitoring.check_due,
    "monitoring.totals": totals.check_due,
    "reminders.send": reminders.send_due,
    "escalations.climb": escalations.climb_due,
    "meetings.remind": meetings.remind_due,
    "webhooks.replay": webhooks.replay_due,
    "evidence.tidy": evidence.tidy_due,
    "runs.record": runs.record_due,
}
"""In the order of the story: what is owed, whose clock runs again, what is missing, what it adds up
to, who is reminded, who is told next, who meets soon, what is told again, which bytes are no
evidence; at last the account of it all."""
