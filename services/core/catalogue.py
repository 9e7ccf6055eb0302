"""Everything that exists: every table (METADATA) and every fact (EVENTS).

Only doors, Alembic and tests look here. A room's facts are listed exactly once.
"""

from services.core.access import models as access
from services.core.agreements import models as agreements
from services.core.calendar import models as calendar
from services.core.escalations import models as escalations
from services.core.groups import models as groups
from services.core.kit import feed, idempotency, jobs, ledger
from services.core.kit.db import Base
from services.core.kit.events import Fact
from services.core.monitoring import models as monitoring
from services.core.notifications import models as notifications
from services.core.organisations import models as organisations
from services.core.policies import models as policies
from services.core.progress import models as progress
from services.core.projects import models as projects
from services.core.regions import events as region_events
from services.core.regions import models as regions
from services.core.reminders import models as reminders
from services.core.targets import models as targets
from services.core.webhooks import events as webhook_events
from services.core.webhooks import models as webhooks

ROOMS_WITH_TABLES = (
    feed,
    idempotency,
    jobs,
    ledger,
    calendar,
    regions,
    organisations,
    policies,
    groups,
    access,
    projects,
    agreements,
    targets,
    progress,
    monitoring,
    notifications,
    reminders,
    escalations,
    webhooks,
)
METADATA = Base.metadata

EVENTS: tuple[type[Fact], ...] = (
    region_events.RegionChanged,
    webhook_events.WebhookChanged,
    webhook_events.WebhookDisabled,
)
BY_NAME = {event.NAME: event for event in EVENTS}
