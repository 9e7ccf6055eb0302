"""What is taken, in which order, and what a photo says of itself."""

import io
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PIL import Image

from services.core.evidence import pictures, rules
from services.core.evidence.rules import EvidenceState, MediaType, NotEvidence, WrongOffset
from services.core.kit.errors import Conflict, Gone, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from tests.evidence.photos import CAMERA, COMMENT, DOCX, PDF, XLSX, office, photo

LAWFUL = {
    ("uploading", "complete"): "complete",
    ("uploading", "refuse"): "refused",
    ("uploading", "expire"): "expired",
    ("complete", "withdraw"): "withdrawn",
}
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize("state", EvidenceState)
@pytest.mark.parametrize("verb", rules.EvidenceVerb)
def test_evidence_moves_along_its_table_and_nowhere_else(
    state: EvidenceState, verb: rules.EvidenceVerb
) -> None:
    after = LAWFUL.get((state, verb))
    if after:
        assert moved(rules.MOVES, state, verb) == after
    else:
        with pytest.raises(UnlawfulMove):
            moved(rules.MOVES, state, verb)


@pytest.mark.parametrize(("offset", "length", "received"), [(0, 10, 0), (40, 60, 40)])
def test_a_part_follows_on_what_is_here(offset: int, length: int, received: int) -> None:
    assert rules.is_next(offset, length, received=received, size=100)


@pytest.mark.parametrize(("offset", "length"), [(0, 40), (10, 30), (10, 5)])
def test_a_part_that_was_here_before_changes_nothing(offset: int, length: int) -> None:
    assert not rules.is_next(offset, length, received=40, size=100)


@pytest.mark.parametrize(("offset", "length"), [(50, 10), (41, 1), (39, 2), (0, 41)])
def test_a_part_that_does_not_follow_is_told_where_to_go_on(offset: int, length: int) -> None:
    with pytest.raises(WrongOffset) as refused:
        rules.is_next(offset, length, received=40, size=100)
    assert refused.value.faults[0].allowed == ("40",)


@pytest.mark.parametrize(
    ("offset", "length", "code"), [(40, 61, "beyond_the_end"), (40, 0, "empty_part")]
)
def test_a_part_that_cannot_be_one_is_refused(offset: int, length: int, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.is_next(offset, length, received=40, size=100)
    assert refused.value.faults[0].code == code


def test_a_file_has_a_limit_and_so_has_their_number() -> None:
    rules.check_size(100, limit=100)
    with pytest.raises(Invalid):
        rules.check_size(101, limit=100)
    rules.check_room(of_account=rules.MOST_OPEN - 1, of_record=rules.MOST_EACH - 1)
    with pytest.raises(Conflict):
        rules.check_room(of_account=rules.MOST_OPEN, of_record=0)
    with pytest.raises(Conflict):
        rules.check_room(of_account=0, of_record=rules.MOST_EACH)


@pytest.mark.parametrize("state", EvidenceState)
def test_what_is_over_takes_no_part(state: EvidenceState) -> None:
    if state in ("uploading", "complete"):
        rules.check_under_way(state)
    else:
        with pytest.raises(Gone):
            rules.check_under_way(state)


def test_an_address_ends_to_the_moment() -> None:
    rules.check_in_time(NOW - timedelta(microseconds=1), NOW)
    with pytest.raises(Gone):
        rules.check_in_time(NOW, NOW)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (photo("JPEG"), MediaType.JPEG),
        (photo("PNG"), MediaType.PNG),
        (photo("WEBP"), MediaType.WEBP),
        (PDF, MediaType.PDF),
        (DOCX, MediaType.DOCX),
        (XLSX, MediaType.XLSX),
        (b"", None),
        (b"MZ\x90\x00", None),
        (b" " + PDF, None),
        (b"<html>", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (office("word/document.xml"), None),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (office("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"), None),
        (office("a.txt"), None),
        (DOCX[:-1], None),
        (DOCX[:40], None),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, kind: MediaType | None) -> None:
    assert rules.sniffed(data) is kind


def test_bytes_of_another_kind_are_refused_by_name() -> None:
    rules.check_kind(MediaType.PDF, PDF)
    with pytest.raises(NotEvidence) as refused:
        rules.check_kind(MediaType.JPEG, PDF)
    assert refused.value.faults[0].code == "other_type"
    assert "application/pdf" in refused.value.words.en
    with pytest.raises(NotEvidence):
        rules.check_hash("aa", "ab")


@pytest.mark.parametrize("name", ["1号站 基础.JPG", "a.jpeg"])
def test_a_name_ends_as_its_kind_does(name: str) -> None:
    rules.check_name(name, MediaType.JPEG)


@pytest.mark.parametrize(
    "name", ["a.png", "a.jpg.exe", "../a.jpg", "a\\b.jpg", "a\n.jpg", "a\u202egpj.jpg"]
)
def test_a_name_that_is_a_path_or_another_kind_s_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        rules.check_name(name, MediaType.JPEG)


@pytest.mark.parametrize(
    ("text", "offset", "taken"),
    [
        ("2026:11:20 15:04:05", None, datetime(2026, 11, 20, 7, 4, 5, tzinfo=UTC)),
        ("2026:11:20 15:04:05\0", "+09:00", datetime(2026, 11, 20, 6, 4, 5, tzinfo=UTC)),
        ("2026:11:20 15:04:05", "\0", datetime(2026, 11, 20, 7, 4, 5, tzinfo=UTC)),
        ("2026:11:20 15:04:05", "nonsense", None),
        ("0000:00:00 00:00:00", None, None),
        ("1980:01:01 00:00:00", None, None),
        ("yesterday", None, None),
        (None, None, None),
        (7, None, None),
    ],
)
def test_a_photo_says_when_it_was_taken_or_nothing(
    text: object, offset: object, taken: datetime | None
) -> None:
    assert rules.taken_at(text, offset) == taken


@pytest.mark.parametrize(
    ("parts", "letter", "degrees"),
    [
        ((27.0, 58.0, 22.8), "N", "27.973000"),
        ((119.0, 38.0, 6.0), "e\0", "119.635000"),
        ((33.5, 0.0, 0.0), "S", "-33.500000"),
        ((90.0, 0.0, 0.0), "N", "90.000000"),
        ((90.0, 0.0, 1.0), "N", None),
        ((181.0, 0.0, 0.0), "E", None),
        ((-1.0, 0.0, 0.0), "E", None),
        ((float("nan"), 0.0, 0.0), "E", None),
        ((1.0, 2.0), "E", None),
        ((1.0, 2.0, 3.0), "X", None),
        (("a", 2.0, 3.0), "E", None),
        ((None, 2.0, 3.0), "E", None),
        (None, "E", None),
        (7, "N", None),
    ],
)
def test_a_photo_says_where_it_was_taken_or_nothing(
    parts: object, letter: object, degrees: str | None
) -> None:
    found = rules.coordinate(parts, letter)
    assert found == (Decimal(degrees) if degrees else None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_copy_shows_the_same_and_says_nothing(kind: str) -> None:
    original = photo(kind)
    seen = pictures.looked_into(original, MediaType(f"image/{kind.lower()}"))
    assert (seen.latitude, seen.longitude) == (Decimal("27.973000"), Decimal("119.635000"))
    assert seen.taken_at == datetime(2026, 11, 20, 7, 4, 5, tzinfo=UTC)
    assert CAMERA.encode() in original
    assert CAMERA.encode() not in seen.shown
    assert COMMENT not in seen.shown
    with Image.open(io.BytesIO(seen.shown)) as copy:
        assert not copy.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(copy.info)
        assert copy.format == kind
        red = copy.convert("RGB").getpixel((5, 5))
        assert isinstance(red, tuple)
        assert red[0] > 200


def test_the_copy_stands_upright() -> None:
    seen = pictures.looked_into(photo(orientation=6), MediaType.JPEG)
    with Image.open(io.BytesIO(seen.shown)) as copy:
        assert copy.size == (48, 64)


def test_a_photo_that_says_nothing_is_one_too() -> None:
    seen = pictures.looked_into(photo(taken=None, gps={}), MediaType.JPEG)
    assert (seen.taken_at, seen.latitude, seen.longitude) == (None, None, None)
    half = pictures.looked_into(photo(gps={1: "N", 2: (27.0, 58.0, 22.8)}), MediaType.JPEG)
    assert (half.latitude, half.longitude) == (None, None)


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (photo()[:400], MediaType.JPEG, "broken_picture"),
        (b"\xff\xd8\xff" + bytes(100), MediaType.JPEG, "broken_picture"),
        (photo("PNG")[:60], MediaType.PNG, "broken_picture"),
        (photo("WEBP")[:60], MediaType.WEBP, "broken_picture"),
        (photo("PNG"), MediaType.JPEG, "broken_picture"),
    ],
)
def test_what_cannot_be_decoded_is_no_photo(data: bytes, media_type: MediaType, code: str) -> None:
    with pytest.raises(NotEvidence) as refused:
        pictures.looked_into(data, media_type)
    assert refused.value.faults[0].code == code


@pytest.mark.parametrize("side", [7_200, 12_000, 60_000])
def test_a_photo_that_would_grow_beyond_all_bounds_is_never_painted(side: int) -> None:
    flat = Image.new("1", (8, 8))
    out = io.BytesIO()
    flat.save(out, "PNG")
    bomb = bytearray(out.getvalue())
    bomb[16:24] = side.to_bytes(4, "big") * 2
    bomb[29:33] = _crc(bytes(bomb[12:29]))
    with pytest.raises(NotEvidence) as refused:
        pictures.looked_into(bytes(bomb), MediaType.PNG)
    assert refused.value.faults[0].code == "too_many_pixels"


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_bytes_spoiled_anywhere_are_a_photo_or_refused() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = photo(kind)
        for place in range(0, len(whole), max(1, len(whole) // 150)):
            spoiled = bytearray(whole)
            spoiled[place] ^= 0xFF
            try:
                pictures.looked_into(bytes(spoiled), MediaType(f"image/{kind.lower()}"))
            except NotEvidence:
                continue


def _crc(chunk: bytes) -> bytes:
    return zlib.crc32(chunk).to_bytes(4, "big")
