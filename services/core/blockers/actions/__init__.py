"""Writes of blockers: raising, sorting, consulting, the stopped clock, solving and re-checking."""

from services.core.blockers.actions.clock import resume, resume_due, suspend
from services.core.blockers.actions.consulting import call, conclude, escalate
from services.core.blockers.actions.proving import prove
from services.core.blockers.actions.raising import assign, change, raise_one, triage
from services.core.blockers.actions.solving import close, recheck, resolve, send_back, verify

__all__ = (
    "assign",
    "call",
    "change",
    "close",
    "conclude",
    "escalate",
    "prove",
    "raise_one",
    "recheck",
    "resolve",
    "resume",
    "resume_due",
    "send_back",
    "suspend",
    "triage",
    "verify",
)
