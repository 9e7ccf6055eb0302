"""What is spent of sessions, tokens and tallies, removed; the audit keeps what happened."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.core.access.actions import throttle
from services.core.access.models import AccessToken, Invitation, LoginSession, RefreshToken

_KEPT = timedelta(days=30)
"""A session that is over stays in its owner's list for this long."""
_AT_ONCE = 1000


def tidy(session: Session, *, now: datetime) -> None:
    """Remove tokens of sessions that have expired, sessions long over, old tallies and links."""
    session.execute(
        delete(AccessToken).where(AccessToken.session_id.is_not(None), AccessToken.expires_at < now)
    )
    over = (
        select(LoginSession.id)
        .where(LoginSession.expires_at < now - _KEPT)
        .order_by(LoginSession.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(over).all()
    for table in (AccessToken, RefreshToken):
        session.execute(delete(table).where(table.session_id.in_(ids)))
    session.execute(delete(LoginSession).where(LoginSession.id.in_(ids)))
    session.execute(delete(Invitation).where(Invitation.expires_at < now))
    throttle.forget(session, now=now)
