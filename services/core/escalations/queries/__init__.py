"""Reads of escalations: climbs, orders, whom a step goes to, and how a climb's matter stands."""

from services.core.escalations.queries.audience import Addressed, addressed, regulators
from services.core.escalations.queries.matters import (
    CHASED,
    Case,
    case_of,
    open_finding,
    region_named,
)
from services.core.escalations.queries.orders import (
    ORDERS,
    SoughtOrders,
    drafts_of,
    next_code,
    order,
    order_for_change,
    orders,
    project_in_scope,
    units_named,
)
from services.core.escalations.queries.runs import (
    RUNS,
    SoughtRuns,
    chased,
    climbing_without_a_moment,
    open_runs,
    run,
    runs,
    steps_behind,
)

__all__ = (
    "CHASED",
    "ORDERS",
    "RUNS",
    "Addressed",
    "Case",
    "SoughtOrders",
    "SoughtRuns",
    "addressed",
    "case_of",
    "chased",
    "climbing_without_a_moment",
    "drafts_of",
    "next_code",
    "open_finding",
    "open_runs",
    "order",
    "order_for_change",
    "orders",
    "project_in_scope",
    "region_named",
    "regulators",
    "run",
    "runs",
    "steps_behind",
    "units_named",
)
