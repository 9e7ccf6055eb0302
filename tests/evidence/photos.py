"""Photos and documents as people upload them, made for the tests."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD

COMMENT = b"made by somebody"
CAMERA = "A camera of somebody"
TAKEN = "2026:11:20 15:04:05"
"""In Asia/Shanghai: 07:04:05 UTC."""
GPS: Mapping[int, Any] = {1: "N", 2: (27.0, 58.0, 22.8), 3: "E", 4: (119.0, 38.0, 6.0)}
"""Jingning: 27.973 N, 119.635 E."""


def photo(
    kind: str = "JPEG",
    *,
    size: tuple[int, int] = (64, 48),
    taken: str | None = TAKEN,
    gps: Mapping[int, Any] | None = None,
    orientation: int = 1,
) -> bytes:
    """Make a photo whose left half is red; it says when, where and with what it was taken."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = CAMERA, orientation
    if taken:
        exif.get_ifd(IFD.Exif)[0x9003] = taken
    exif.get_ifd(IFD.GPSInfo).update(GPS if gps is None else gps)
    out = io.BytesIO()
    also: dict[str, Any] = {"comment": COMMENT} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, **also)
    return out.getvalue()


def office(*parts: str) -> bytes:
    """Make a zip file of these parts, as office documents are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for part in parts:
            file.writestr(zipfile.ZipInfo(part), "<x/>")  # always the same bytes
    return out.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")
XLSX = office("[Content_Types].xml", "xl/workbook.xml")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def declared(data: bytes, **also: Any) -> dict[str, Any]:
    """Say of a file what a client says of it before it uploads it."""
    return {
        "file_name": "1号站基础.jpg",
        "media_type": "image/jpeg",
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        **also,
    }
