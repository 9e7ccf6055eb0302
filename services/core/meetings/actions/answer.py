"""An invited unit answers for itself."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Forbidden
from services.core.kit.words import Words
from services.core.meetings import queries, rules, schemas
from services.core.meetings.actions import keeping
from services.core.meetings.events import MeetingAnswered
from services.core.meetings.models import MeetingInvitation
from services.core.meetings.rules import MeetingVerb, Reply


def reply(
    session: Session,
    *,
    meeting_id: UUID,
    invitation_id: UUID,
    given: schemas.Answer,
    expected: int,
    by: Caller,
) -> MeetingInvitation:
    """Say whether the caller's unit comes, or whom it sends; it may think again until it begins.

    Raises:
        Missing, Stale, Frozen. Forbidden: it is another unit's to answer. Conflict: it has begun.
        UnlawfulMove: it is not announced, or over. Invalid: a proxy without a name.
    """
    meeting = queries.for_change(session, by, meeting_id=meeting_id, expected=None)
    invitation = queries.invitation_for_change(
        session, meeting_id=meeting.id, invitation_id=invitation_id, expected=expected
    )
    by.must(Permission.ANSWER_MEETINGS)
    if invitation.organisation_id not in queries.units_of(by):
        raise Forbidden(
            Words("由受邀单位自行回复。", "An invitation is for the invited unit to answer.")
        )
    keeping.advance(session, meeting, MeetingVerb.REPLY)
    rules.must_be_ahead(meeting.starts_at, by.now)
    is_proxy = given.reply is Reply.PROXY
    rules.check_proxy(given.proxy_name, is_proxy=is_proxy, pointer="/proxy_name")
    values = {"reply": given.reply, "reply_proxy": given.proxy_name}
    changes = rows.merged(invitation, values)
    if changes:
        invitation.replied_at = None if given.reply is Reply.NONE else by.now
        fact = MeetingAnswered(
            **keeping.about(meeting),
            invitation_id=invitation.id,
            organisation_id=invitation.organisation_id,
            reply=given.reply,
        )
        keeping.record(session, meeting, fact, by=by, changes=changes)
    return invitation
