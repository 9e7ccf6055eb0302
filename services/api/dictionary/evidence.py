"""What the names of evidence mean."""

from collections.abc import Mapping

from services.api.dictionary.meaning import OTHER, PERSON, REPORT, Meaning, means

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

EVIDENCE: Mapping[str, Meaning] = {
    "evidence_id": means("Id of the photo or file.", OTHER),
    "file_name": means("The file's name as its uploader gave it.", "1号站基础浇筑.jpg"),
    "media_type": means("What kind of file it is, as its bytes show.", "image/jpeg"),
    "size_bytes": means("Its length in bytes.", 3145728),
    "sha256": means("SHA-256 of the original, in hexadecimal.", _HASH),
    "caption": means("What is to be seen on it; null: nobody says.", "1号站基础浇筑完成"),
    "subject": means("The record it is evidence of.", {"kind": "progress_report", "id": REPORT}),
    "uploaded_by": means("Who uploads it.", PERSON),
    "begun_at": means("When its upload began."),
    "completed_at": means("When all of it had come and was right; null: not yet, or never."),
    "withdrawn_by": means("Who withdrew it; null: it counts.", PERSON),
    "withdrawn_reason": means("Why it no longer counts; null: it does.", "误传了其他项目的照片"),
    "upload": means("How far its upload has come."),
    "offset": means("Where in the file it begins, in bytes.", 0),
    "signature": means("As the address of the upload has it.", "kR3n0XvZ"),
    "original": means("Whether the photo is wanted as it was uploaded, not its copy."),
}
