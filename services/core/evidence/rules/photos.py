"""What a photo says of itself: when and where it was taken. What makes no sense is nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

_HERE = ZoneInfo("Asia/Shanghai")
"""A camera that names no time zone shows the time of the place."""
_FORM = "%Y:%m:%d %H:%M:%S"
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_PLACES = Decimal("0.000001")
"""Six decimals are 0.1 m, finer than any phone knows."""
_LIMITS = {"N": 90, "S": 90, "E": 180, "W": 180}


def taken_at(text: object, offset: object) -> datetime | None:
    """Read `2026:11:20 15:04:05`, with its offset (`+08:00`) or as a time in Asia/Shanghai."""
    if not isinstance(text, str):
        return None
    try:
        if isinstance(offset, str) and offset.strip("\0 "):
            taken = datetime.strptime(f"{_bare(text)} {_bare(offset)}", f"{_FORM} %z")
        else:
            taken = datetime.strptime(_bare(text), _FORM).replace(tzinfo=_HERE)
        is_sane = _FIRST_YEAR <= taken.year < _LAST_YEAR
        return taken.astimezone(UTC) if is_sane else None
    except (ValueError, OverflowError):
        return None


def coordinate(parts: object, reference: object) -> Decimal | None:
    """Read degrees, minutes, seconds with N, S, E or W as decimal degrees (WGS 84)."""
    letter = _bare(reference).upper() if isinstance(reference, str) else ""
    if letter not in _LIMITS or not isinstance(parts, Sequence) or len(parts) != len("dms"):
        return None
    try:
        degrees, minutes, seconds = (Decimal(str(float(part))) for part in parts)
        whole = degrees + minutes / 60 + seconds / 3600
        if not (whole.is_finite() and 0 <= whole <= _LIMITS[letter]):
            return None
        return (-whole if letter in "SW" else whole).quantize(_PLACES)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, InvalidOperation):
        return None


def _bare(text: str) -> str:
    return text.strip("\0 ")
