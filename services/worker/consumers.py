"""The ear table: who reads which facts; a cursor moves in the transaction of its effects."""

from services.core.escalations import actions as escalations
from services.core.kit.feed import Reader
from services.core.meetings import actions as meetings
from services.core.monitoring import actions as monitoring
from services.core.progress import actions as progress
from services.core.reminders import actions as reminders

CONSUMERS: dict[str, dict[str, Reader]] = {
    "progress": progress.READERS,
    "monitoring": monitoring.READERS,
    "reminders": reminders.READERS,
    "escalations": escalations.READERS,
    "meetings": meetings.READERS,
}
DRAINED = "webhooks"
"""Reads everything, where what it owes is sent (`sending`), and not whenever a worker looks."""
NAMES = (*CONSUMERS, DRAINED)
"""Everybody with a cursor in the log."""
