"""A line in the audit for what a command does to the whole of the data."""

import os

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.kit import db, ledger
from services.core.kit.clock import house_now
from services.core.kit.events import Actor

_BY = Actor.part("command-line")
_KEEPS_AUDIT = text("SELECT to_regclass('audit_pending') IS NOT NULL")


def note(url: str, act: Act, file: str) -> None:
    """Note an act with the file it was about, and which user of this machine did it.

    Tables of a version that has no such audit yet are left as they are.
    """
    engine = db.make_engine(url, size=1)
    try:
        with Session(engine) as session, session.begin():
            if session.execute(_KEEPS_AUDIT).scalar():
                details = {"file": file, "uid": os.getuid()}
                ledger.note(session, act, by=_BY, now=house_now(session), details=details)
    finally:
        engine.dispose()
