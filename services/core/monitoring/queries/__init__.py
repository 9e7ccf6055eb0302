"""Reads of monitoring: facts for the rules, findings, health and its history."""

from services.core.monitoring.queries.facts import Batch, Watched
from services.core.monitoring.queries.shown import (
    RECORDS,
    earlier_finding,
    findings,
    health,
    last_assessments,
    open_findings,
    visible,
)

__all__ = (
    "RECORDS",
    "Batch",
    "Watched",
    "earlier_finding",
    "findings",
    "health",
    "last_assessments",
    "open_findings",
    "visible",
)
