"""The chain without a database: lines and their seals, walking a chain, what the audit notes."""

from services.core.audit.rules.acts import ADMINISTRATION, Act
from services.core.audit.rules.line import (
    GENESIS,
    KEY,
    Anchor,
    Line,
    anchors,
    canonical,
    marked,
    plain,
    same,
    sealed,
)
from services.core.audit.rules.walk import MOST_BREAKS, Break, Link, Walk

__all__ = (
    "ADMINISTRATION",
    "GENESIS",
    "KEY",
    "MOST_BREAKS",
    "Act",
    "Anchor",
    "Break",
    "Line",
    "Link",
    "Walk",
    "anchors",
    "canonical",
    "marked",
    "plain",
    "same",
    "sealed",
)
