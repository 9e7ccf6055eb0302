"""The ear table: who reads which facts; a cursor moves in the transaction of its effects."""

from services.core.escalations import actions as escalations
from services.core.kit.feed import Reader
from services.core.meetings import actions as meetings
from services.core.monitoring import actions as monitoring
from services.core.progress import actions as progress
from services.core.reminders import actions as reminders
from services.core.webhooks import actions as webhooks

CONSUMERS: dict[str, dict[str, Reader]] = {
    "progress": progress.READERS,
    "monitoring": monitoring.READERS,
    "reminders": reminders.READERS,
    "escalations": escalations.READERS,
    "meetings": meetings.READERS,
    "webhooks": webhooks.READERS,
}
DRAINED = frozenset({"webhooks"})
"""What reads on where its work is done (`sending`), and not whenever a worker looks."""
