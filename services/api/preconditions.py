"""ETags, and the two headers that name them (RFC 9110, 8.8 and 13.1)."""

import hashlib
import re

from services.core.kit.errors import Invalid
from services.core.kit.words import Words

_TAG = re.compile(r'(W/)?("[^"]*")')
_VERSION = re.compile(r'"([0-9]{1,9})(?:-[^"]*)?"')
"""A row version is a PostgreSQL integer."""
NO_VERSION = -1
"""What no record has."""


def etag_of_page(text: str) -> str:
    """Make the ETag of a page: it has no version, only bytes."""
    return f'"{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Say whether the client has this already: weak comparison, a list of tags, or `*`."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    opaque = etag.removeprefix("W/")
    return any(tag == opaque for _, tag in _TAG.findall(if_none_match))


def versions_in(if_match: str) -> frozenset[int] | None:
    """Give the row versions If-Match names, or None for `*`: any, if only there is one.

    The comparison is strong: a weak tag is a version that nothing has.

    Raises:
        Invalid: it holds no tag, or one that is not ours.
    """
    if if_match.strip() == "*":
        return None
    versions: set[int] = set()
    for weak, tag in _TAG.findall(if_match):
        read = _VERSION.fullmatch(tag)
        if read is None and not weak:
            raise _bad_etag()
        versions.add(int(read[1]) if read and not weak else NO_VERSION)
    if not versions:
        raise _bad_etag()
    return frozenset(versions)


def _bad_etag() -> Invalid:
    return Invalid.at(
        "header:If-Match",
        Words("If-Match 须为 ETag 或 *。", "If-Match must be ETags of this record, or *."),
        code="bad_etag",
        allowed=('"<version>-<digest>"', "*"),
    )
