"""A look into photos: what they say of themselves, and a copy that no longer says it.

The copy is painted anew from the pixels alone, upright: no EXIF, comment, thumbnail, colour profile
or bytes behind the picture come along, whatever the original carries.
"""

import io
import struct
import threading
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from PIL import Image, ImageOps
from PIL.Image import DecompressionBombError, DecompressionBombWarning

from services.core.evidence.rules import MediaType, NotEvidence, coordinate, taken_at
from services.core.kit.words import Words

MOST_PIXELS = 50_000_000
"""A phone's largest usual photo; painted it takes 150 MB, and only one is looked at at a time."""
_QUALITY = 90
"""JPEG and WebP: what is to be seen stays to be seen, at about the original's size."""
_FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG", MediaType.WEBP: "WEBP"}
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_LATITUDE_LETTER, _LATITUDE, _LONGITUDE_LETTER, _LONGITUDE = 1, 2, 3, 4
"""Tags of EXIF 2.32."""
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error)
"""What decoders raise over bytes that are no picture."""
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as others see it, and what it said of itself."""

    shown: bytes
    taken_at: datetime | None
    latitude: Decimal | None
    longitude: Decimal | None


def looked_into(data: bytes, media_type: MediaType) -> Picture:
    """Read when and where a photo was taken, and paint it anew.

    Raises:
        NotEvidence: it cannot be decoded, or is too large to be.
    """
    try:
        with (
            _ONE_AT_A_TIME,
            Image.open(io.BytesIO(data), formats=(_FORMATS[media_type],)) as image,
        ):
            if image.width * image.height > MOST_PIXELS:
                raise _too_many()
            taken, latitude, longitude = _said(image)
            return Picture(_painted(image, media_type), taken, latitude, longitude)
    except (DecompressionBombError, DecompressionBombWarning) as error:
        raise _too_many() from error
    except _BROKEN as error:
        words = Words(
            "照片无法解码，可能已损坏；请重新上传。",
            "The photo cannot be decoded; it may be damaged. Begin a new upload.",
        )
        raise NotEvidence.at("/media_type", words, code="broken_picture") from error


def _said(image: Image.Image) -> tuple[datetime | None, Decimal | None, Decimal | None]:
    """Read time and place; a photo whose notes are unreadable says nothing, and is still one."""
    try:
        exif = image.getexif()
        details, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
    except _BROKEN:
        return None, None, None
    latitude = coordinate(gps.get(_LATITUDE), gps.get(_LATITUDE_LETTER))
    longitude = coordinate(gps.get(_LONGITUDE), gps.get(_LONGITUDE_LETTER))
    if latitude is None or longitude is None:
        latitude = longitude = None
    return taken_at(details.get(_TAKEN), details.get(_TAKEN_OFFSET)), latitude, longitude


def _painted(image: Image.Image, media_type: MediaType) -> bytes:
    has_alpha = image.has_transparency_data and media_type is not MediaType.JPEG
    image.load()
    try:
        upright = ImageOps.exif_transpose(image)
    except _BROKEN:
        upright = image
    clean = upright.convert("RGBA" if has_alpha else "RGB")
    clean.info = {}
    out = io.BytesIO()
    clean.save(out, _FORMATS[media_type], quality=_QUALITY)
    return out.getvalue()


def _too_many() -> NotEvidence:
    words = Words(
        f"照片不得超过{MOST_PIXELS:,}像素。", f"A photo has at most {MOST_PIXELS:,} pixels."
    )
    return NotEvidence.at(
        "/media_type", words, code="too_many_pixels", allowed=(f"<= {MOST_PIXELS}",)
    )
