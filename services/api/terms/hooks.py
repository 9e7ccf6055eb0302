"""Labels of webhooks: endpoints, deliveries, attempts, replays."""

from services.api.terms.term import Term
from services.core.kit.words import Words
from services.core.webhooks import rules as webhooks

HOOKS: tuple[Term, ...] = (
    Term(
        "webhook.endpoint_state",
        webhooks.EndpointState,
        {
            "pending": Words("待验证", "Waiting for its handshake"),
            "active": Words("启用", "Active"),
            "paused": Words("已暂停", "Paused"),
            "disabled": Words("已停用", "Disabled"),
            "retired": Words("已注销", "Retired"),
        },
    ),
    Term(
        "webhook.endpoint_verb",
        webhooks.EndpointVerb,
        {
            "pause": Words("暂停", "Pause"),
            "resume": Words("恢复", "Resume"),
            "disable": Words("停用", "Disable"),
            "ask": Words("请求验证", "Ask who it is"),
            "verify": Words("验证", "Verify"),
            "retire": Words("注销", "Retire"),
        },
    ),
    Term("webhook.api_version", webhooks.ApiVersion, {"v1": Words("第一版", "Version 1")}),
    Term(
        "webhook.endpoint_mode",
        webhooks.EndpointMode,
        {"push": Words("推送", "Push"), "poll": Words("拉取", "Poll")},
    ),
    Term(
        "webhook.ordering",
        webhooks.Ordering,
        {"any": Words("不限顺序", "Any order"), "fifo": Words("按序", "One after another")},
    ),
    Term(
        "webhook.payload",
        webhooks.Payload,
        {"full": Words("完整内容", "Full"), "thin": Words("仅标识", "Thin")},
    ),
    Term(
        "webhook.replay_mode",
        webhooks.ReplayMode,
        {
            "failed": Words("失败的", "What failed"),
            "missing": Words("从未成功的", "What never succeeded"),
            "all": Words("全部", "Everything"),
        },
    ),
    Term(
        "webhook.replay_state",
        webhooks.ReplayState,
        {
            "running": Words("进行中", "Running"),
            "done": Words("已完成", "Done"),
            "cancelled": Words("已取消", "Cancelled"),
        },
    ),
    Term(
        "webhook.replay_verb",
        webhooks.ReplayVerb,
        {"finish": Words("完成", "Finish"), "cancel": Words("取消", "Cancel")},
    ),
    Term(
        "webhook.attempt_outcome",
        webhooks.AttemptOutcome,
        {
            "taken": Words("已接收", "Taken"),
            "refused": Words("被拒绝", "Refused"),
            "unanswered": Words("无应答", "No answer"),
        },
    ),
    Term(
        "webhook.delivery_kind",
        webhooks.DeliveryKind,
        {
            "event": Words("事件", "Event"),
            "handshake": Words("握手验证", "Handshake"),
            "test": Words("测试", "Test"),
        },
    ),
    Term(
        "webhook.delivery_state",
        webhooks.DeliveryState,
        {
            "due": Words("待投递", "Due"),
            "delivered": Words("已投递", "Delivered"),
            "failed": Words("投递失败", "Failed"),
            "cancelled": Words("已取消", "Cancelled"),
            "kept": Words("待拉取", "Kept to be polled"),
        },
    ),
)
