"""Ids are UUIDv7: made before the insert, sorted by time, and never authority."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make an id that sorts after those made before."""
    return uuid7()
