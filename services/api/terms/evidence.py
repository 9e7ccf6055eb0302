"""Labels of evidence: what it is of, its kinds, its life."""

from services.api.terms.term import Term
from services.core.evidence.rules import EvidenceState, EvidenceVerb, MediaType, ProvenKind
from services.core.kit.words import Words

EVIDENCE: tuple[Term, ...] = (
    Term(
        "evidence.of",
        ProvenKind,
        {
            "progress_report": Words("进展报告", "Progress report"),
            "milestone": Words("节点", "Milestone"),
            "blocker": Words("堵点难点痛点", "Blocker"),
            "resource_guarantee": Words("要素保障承诺", "Promise"),
        },
    ),
    Term(
        "evidence.media_type",
        MediaType,
        {
            "image/jpeg": Words("照片（JPEG）", "Photo (JPEG)"),
            "image/png": Words("图片（PNG）", "Picture (PNG)"),
            "image/webp": Words("图片（WebP）", "Picture (WebP)"),
            "application/pdf": Words("PDF 文档", "PDF document"),
            MediaType.DOCX.value: Words("Word 文档", "Word document"),
            MediaType.XLSX.value: Words("Excel 表格", "Excel workbook"),
        },
    ),
    Term(
        "evidence.state",
        EvidenceState,
        {
            "uploading": Words("上传中", "Uploading"),
            "complete": Words("已上传", "Complete"),
            "refused": Words("已拒收", "Refused"),
            "expired": Words("上传已过期", "Expired"),
            "withdrawn": Words("已撤回", "Withdrawn"),
        },
    ),
    Term(
        "evidence.verb",
        EvidenceVerb,
        {
            "complete": Words("收齐", "Complete it"),
            "refuse": Words("拒收", "Refuse it"),
            "expire": Words("过期", "Let it expire"),
            "withdraw": Words("撤回", "Withdraw it"),
        },
    ),
)
