"""The first screen of one caller: one statement, one answer."""

from functools import lru_cache

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.core.access.rules import Permission
from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.reading import Found
from services.core.overview import sections

SECTIONS: dict[str, tuple[str, Permission | None]] = {
    "to_sign": (sections.TO_SIGN, Permission.ANSWER_ORDERS),
    "to_issue": (sections.TO_ISSUE, Permission.ISSUE_ORDERS),
    "due": (sections.DUE, Permission.REPORT_PROGRESS),
    "to_review": (sections.TO_REVIEW, Permission.REVIEW_PROGRESS),
    "to_check": (sections.TO_CHECK, Permission.ADMIT_PROJECTS),
    "to_correct": (sections.TO_CORRECT, Permission.KEEP_PROJECTS),
    "at_risk": (sections.AT_RISK, None),
    "to_acknowledge": (sections.TO_ACKNOWLEDGE, None),
    "meetings": (sections.MEETINGS, None),
    "unread": (sections.UNREAD, None),
}
"""Name → how it is read, and the permission without which it is no work of the caller's."""


def home(session: Session, caller: Caller) -> Found:
    """Read what waits for the caller, and what of theirs is at risk."""
    held = [name for name, (_, needed) in SECTIONS.items() if needed in (None, *caller.permissions)]
    body = session.execute(
        _statement(tuple(held)),
        {
            "own": list(caller.own_organisation_ids),
            "units": list(caller.organisation_ids),
            "groups": list(caller.group_ids),
            "account_id": caller.account_id,
            "organisation_id": caller.organisation_id,
            "role": caller.role,
            "region": caller.region_code,
            "now": caller.now,
            "today": day_of(caller.now),
        },
    ).scalar_one()
    return Found(body, 1)


@lru_cache
def _statement(held: tuple[str, ...]) -> TextClause:
    """Put the statement together; there are as many as there are different sets of permissions."""
    parts = (f"'{name}', {sql if name in held else 'NULL'}" for name, (sql, _) in SECTIONS.items())
    whole = (
        f"SELECT CAST(json_build_object('on', CAST(:today AS date), {', '.join(parts)}) AS text)"
    )
    ids = (bindparam(name, type_=ARRAY(Uuid())) for name in ("own", "units", "groups"))
    return text(whole).bindparams(*(one for one in ids if f":{one.key}" in whole))
