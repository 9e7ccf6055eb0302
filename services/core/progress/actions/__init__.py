"""Writes of progress reports: opening what is owed, and what people do with a report."""

from services.core.progress.actions.correcting import (
    accept_correction,
    refuse_correction,
    request_correction,
)
from services.core.progress.actions.opening import READERS, open_due
from services.core.progress.actions.proving import prove
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
    "accept_correction",
    "declare_no_change",
    "open_due",
    "prove",
    "refuse_correction",
    "reopen",
    "request_correction",
    "save",
    "send_back",
    "submit",
)
