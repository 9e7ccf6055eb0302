"""Meetings of a document: as their units know them, or refused with the place of every fault."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.exchange.actions import Loaded
from services.core.kit.errors import Invalid
from services.core.kit.feed import PendingEvent
from services.core.meetings.models import Meeting, MeetingInvitation, MeetingMinutes
from services.core.notifications.models import Notification

Load = Callable[..., Loaded]

COMING: dict[str, Any] = {
    "code": "M-2",
    "kind": "group_meeting",
    "title": "团组会议",
    "group": "G-1",
    "region": "331127",
    "convener": "O-GAS",
    "starts_at": "today+5wdT14:00",
    "ends_at": "today+5wdT16:00",
    "invitations": [{"organisation": "O-ENERGY", "role": "chair", "reply": "accepted"}],
}
PAST: dict[str, Any] = {
    **COMING,
    "code": "M-1",
    "kind": "onsite_dispatch",
    "starts_at": "today-9wdT14:00",
    "ends_at": "today-9wdT16:00",
    "state": "closed",
    "invitations": [{"organisation": "O-ENERGY", "attendance": "proxy", "proxy": "叶某"}],
    "minutes_number": "1号",
    "minutes_text": "议定两项。",
    "prepared_by": "reporter",
    "prepared_at": "today-8wdT10:00",
    "approved_by": "reviewer",
    "approved_at": "today-7wdT10:00",
}


def test_meetings_are_as_the_document_says(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    document["meetings"] = [COMING, PAST]
    assert load(document).created["meetings"] == 2
    rows = {row.code: row for row in session.scalars(select(Meeting))}
    assert rows["M-2"].state == "scheduled"
    assert rows["M-2"].original_starts_at == rows["M-2"].starts_at
    assert rows["M-1"].state == "closed"
    invited = session.scalars(
        select(MeetingInvitation).where(MeetingInvitation.meeting_id == rows["M-1"].id)
    ).all()
    assert sorted((one.role, one.attendance, one.attendance_proxy) for one in invited) == [
        ("convener", None, None),
        ("member", "proxy", "叶某"),
    ]
    minutes = session.scalars(select(MeetingMinutes)).one()
    assert minutes.approved_by not in (None, *minutes.writer_ids)
    names = session.scalars(select(PendingEvent.type).order_by(PendingEvent.id))
    assert [name for name in names if name.startswith("meeting.")] == [
        "meeting.scheduled",
        "meeting.scheduled",
        "meeting.held",
        "meeting.minutes_approved",
    ]
    assert session.scalars(select(Notification)).all() == []
    assert load(document).created == {}


@pytest.mark.parametrize(
    ("row", "also", "pointers"),
    [
        (COMING, {"group": None}, ["/group"]),
        (COMING, {"region": "331100"}, ["/region"]),
        (COMING, {"convener": "O-NONE"}, ["/convener"]),
        (COMING, {"invitations": [{"organisation": "O-NONE"}]}, ["/invitations/0/organisation"]),
        (COMING, {"ends_at": "today+5wdT14:00"}, ["/ends_at"]),
        (COMING, {"agenda": [{"text": "x", "minutes": 121}]}, ["/agenda"]),
        (COMING, {"state": "held"}, ["/starts_at"]),
        (COMING, {"minutes_number": "1号"}, ["/minutes_number"]),
        (
            COMING,
            {"invitations": [{"organisation": "O-ENERGY", "reply": "proxy"}]},
            ["/invitations/0/proxy"],
        ),
        (PAST, {"approved_by": "reporter"}, [""]),
        (PAST, {"approved_by": None, "approved_at": None}, ["/approved_by", "/approved_at"]),
        (PAST, {"state": "held"}, ["/approved_at", "/approved_by"]),
        (PAST, {"prepared_by": "nobody"}, ["/prepared_by"]),
    ],
)
def test_what_does_not_fit_is_named_where_it_stands(
    load: Load,
    document: dict[str, Any],
    row: dict[str, Any],
    also: dict[str, Any],
    pointers: list[str],
) -> None:
    document["meetings"] = [{**row, **also}]
    with pytest.raises(Invalid) as refused:
        load(document)
    found = [fault.pointer for fault in refused.value.faults]
    assert found == [f"/meetings/0{pointer}" for pointer in pointers]
