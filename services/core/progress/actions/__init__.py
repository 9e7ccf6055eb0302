"""Writes of progress reports: opening what is owed, and what people do with a report."""

from services.core.progress.actions.opening import READERS, open_due
from services.core.progress.actions.reporting import (
    accept,
    declare_no_change,
    reopen,
    save,
    send_back,
    submit,
)

__all__ = (
    "READERS",
    "accept",
    "declare_no_change",
    "open_due",
    "reopen",
    "save",
    "send_back",
    "submit",
)
