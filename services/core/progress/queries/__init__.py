"""Reads of progress reports; who sees the project sees the report, but not a draft's figures."""

from services.core.progress.queries.corrections import (
    CORRECTIONS,
    correction,
    correction_for_change,
    corrections,
    following,
    open_correction,
    report_of_correction,
)
from services.core.progress.queries.owing import (
    Outline,
    Owing,
    Terms,
    awaited,
    held,
    owing,
    subject,
    watched,
)
from services.core.progress.queries.reports import (
    FIELDS,
    RECORDS,
    for_change,
    report,
    reports,
    visible,
)
from services.core.progress.queries.setting import Setting, about, figures, setting

__all__ = (
    "CORRECTIONS",
    "FIELDS",
    "RECORDS",
    "Outline",
    "Owing",
    "Setting",
    "Terms",
    "about",
    "awaited",
    "correction",
    "correction_for_change",
    "corrections",
    "figures",
    "following",
    "for_change",
    "held",
    "open_correction",
    "owing",
    "report",
    "report_of_correction",
    "reports",
    "setting",
    "subject",
    "visible",
    "watched",
)
