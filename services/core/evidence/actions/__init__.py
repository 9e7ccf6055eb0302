"""Writes of evidence, one file for each moment of its life."""

from services.core.evidence.actions.beginning import begin, prove_milestone
from services.core.evidence.actions.receiving import Progress, progress, receive
from services.core.evidence.actions.tidying import tidy_due
from services.core.evidence.actions.withdrawing import withdraw

__all__ = (
    "Progress",
    "begin",
    "progress",
    "prove_milestone",
    "receive",
    "tidy_due",
    "withdraw",
)
