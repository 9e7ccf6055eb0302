"""Writes of proposals: by units until they are handed in, then gate by gate."""

from services.core.admissions.actions.gates import check, send_back, submit, withdraw
from services.core.admissions.actions.proposals import change, change_exit, draft, draft_exit

__all__ = (
    "change",
    "change_exit",
    "check",
    "draft",
    "draft_exit",
    "send_back",
    "submit",
    "withdraw",
)
