"""Reads of monitoring: facts for the rules, findings, health and its history."""

from services.core.monitoring.queries.facts import Batch, Watched
from services.core.monitoring.queries.shown import (
    RECORDS,
    earlier_finding,
    findings,
    health,
    last_lights,
    open_findings,
    visible,
)
from services.core.monitoring.queries.standing import Stood, standings

__all__ = (
    "RECORDS",
    "Batch",
    "Stood",
    "Watched",
    "earlier_finding",
    "findings",
    "health",
    "last_lights",
    "open_findings",
    "standings",
    "visible",
)
