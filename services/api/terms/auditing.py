"""Labels of acts that the audit notes; other actions are events, and named as these are."""

from services.api.terms.term import Term
from services.core.audit.rules import Act
from services.core.kit.words import Words

AUDITING: tuple[Term, ...] = (
    Term(
        "audit.act",
        Act,
        {
            "request.refused": Words("请求被拒绝", "A request was refused"),
            "audit.read": Words("查阅审计记录", "The audit was read"),
            "audit.archived": Words("审计记录归档", "Audit lines were archived"),
            "data.backed_up": Words("数据备份", "The data was backed up"),
            "data.restored": Words("数据恢复", "The data was restored"),
            "progress.saved": Words("进展报告草稿已保存", "A report was saved as a draft"),
            "evidence.upload_begun": Words("开始上传佐证材料", "An upload was begun"),
            "evidence.upload_ended": Words("佐证材料上传未成", "An upload ended without evidence"),
            "webhook.resent": Words("重新推送", "A delivery was asked for again"),
            "webhook.tested": Words("推送测试", "A test was sent"),
            "webhook.replayed": Words("批量补发", "A replay was begun"),
            "webhook.replay_cancelled": Words("补发取消", "A replay was cancelled"),
        },
    ),
)
