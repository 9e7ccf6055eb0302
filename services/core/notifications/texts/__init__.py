"""Every message a person gets, in both languages, in one order and one tone.

The order: who answers for it, the matter, the deadline with weekday and working days left, the
one thing to do, the link, whom to phone. The tone: what is and what helps; nobody is blamed.
"""

from services.core.notifications.texts.form import Text
from services.core.notifications.texts.meetings import (
    Occasion,
    meeting_announced,
    meeting_cancelled,
    meeting_moved,
    meeting_reminder,
    meeting_uninvited,
    meetings_digest,
)
from services.core.notifications.texts.reports import (
    About,
    Matter,
    Topic,
    blocker_topic,
    climb_ended,
    digest,
    matter_of,
    order_drafted,
    order_issued,
    order_withdrawn,
    report_due,
    report_topic,
    stalled_topic,
    step_taken,
)
from services.core.notifications.texts.runs import Quiet, nothing_found
from services.core.notifications.texts.totals import total_found
from services.core.notifications.texts.webhooks import webhook_disabled

__all__ = (
    "About",
    "Matter",
    "Occasion",
    "Quiet",
    "Text",
    "Topic",
    "blocker_topic",
    "climb_ended",
    "digest",
    "matter_of",
    "meeting_announced",
    "meeting_cancelled",
    "meeting_moved",
    "meeting_reminder",
    "meeting_uninvited",
    "meetings_digest",
    "nothing_found",
    "order_drafted",
    "order_issued",
    "order_withdrawn",
    "report_due",
    "report_topic",
    "stalled_topic",
    "step_taken",
    "total_found",
    "webhook_disabled",
)
