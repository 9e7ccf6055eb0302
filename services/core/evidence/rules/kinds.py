"""What kinds of files are evidence, told by their bytes: never by what somebody says of them.

Six kinds have few and plain marks, and whether a photo is one is asked of its decoder anyway; so
they stand here, and a library that guesses among hundreds does not.
"""

from collections.abc import Mapping
from enum import StrEnum

from services.core.evidence.rules.life import NotEvidence
from services.core.kit.errors import Invalid
from services.core.kit.words import Words


class MediaType(StrEnum):
    """The kinds of files that are taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


PHOTOS = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
_ENDINGS: Mapping[MediaType, tuple[str, ...]] = {
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
    MediaType.WEBP: (".webp",),
    MediaType.PDF: (".pdf",),
    MediaType.DOCX: (".docx",),
    MediaType.XLSX: (".xlsx",),
}
_BEGINNINGS: tuple[tuple[bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"%PDF-", MediaType.PDF),
)
_MAIN_PARTS: Mapping[bytes, MediaType] = {
    b"word/document.xml": MediaType.DOCX,
    b"xl/workbook.xml": MediaType.XLSX,
}
_MACROS = b"vbaProject.bin"
_ZIP, _ZIP_END, _ZIP_END_BYTES = b"PK\x03\x04", b"PK\x05\x06", 22
_MOST_COMMENT = 65_535
"""A zip file's last record may carry a comment this long (APPNOTE 4.3.16)."""
_FORBIDDEN_IN_NAMES = frozenset('/\\:*?"<>|')


def check_name(name: str, media_type: MediaType) -> None:
    """Refuse a name that is a path, or ends as files of another kind do.

    Raises:
        Invalid: with the endings that fit.
    """
    bad = sorted(_FORBIDDEN_IN_NAMES.intersection(name))
    if bad or any(not char.isprintable() for char in name):
        shown = " ".join(bad) or "—"
        words = Words(
            f"文件名不能含路径或特殊字符（{shown}）。",
            f"A file's name holds no path and no special character ({shown}).",
        )
        raise Invalid.at("/file_name", words, code="bad_name")
    endings = _ENDINGS[media_type]
    if not name.lower().endswith(endings):
        words = Words(
            f"文件名与类型{media_type}不符。", f"The name does not end as {media_type} does."
        )
        raise Invalid.at("/file_name", words, code="other_ending", allowed=endings)


def sniffed(data: bytes) -> MediaType | None:
    """Tell what a file is by its own bytes; None: nothing that is taken."""
    for beginning, media_type in _BEGINNINGS:
        if data.startswith(beginning):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return MediaType.WEBP
    return _office(data) if data.startswith(_ZIP) else None


def check_kind(declared: MediaType, data: bytes) -> None:
    """Refuse a file whose bytes are of another kind than was declared.

    Raises:
        NotEvidence: it names both.
    """
    found = sniffed(data)
    if found is not declared:
        shown = found or "unknown"
        words = Words(
            f"申报为{declared}，内容却是{shown}；请重新上传。",
            f"Declared as {declared}, its bytes are {shown}; begin a new upload.",
        )
        raise NotEvidence.at("/media_type", words, code="other_type", allowed=tuple(MediaType))


def _office(data: bytes) -> MediaType | None:
    """Tell which office document a zip file is by its table of contents; none with macros.

    The table is only looked through, never unpacked, so nothing in it can grow.
    """
    end = data.rfind(_ZIP_END, max(0, len(data) - _MOST_COMMENT - _ZIP_END_BYTES))
    if end < 0 or end + _ZIP_END_BYTES > len(data):
        return None
    length = int.from_bytes(data[end + 12 : end + 16], "little")
    begin = int.from_bytes(data[end + 16 : end + 20], "little")
    contents = data[begin : begin + length]
    if b"[Content_Types].xml" not in contents or _MACROS in contents:
        return None
    kinds = [kind for part, kind in _MAIN_PARTS.items() if part in contents]
    return kinds[0] if len(kinds) == 1 else None
