"""Labels of what the service does for itself: jobs."""

from services.api.terms.term import Term
from services.core.jobs.rules import JobState, JobVerb
from services.core.kit.words import Words

SERVICE: tuple[Term, ...] = (
    Term(
        "job.state",
        JobState,
        {
            "queued": Words("排队中", "Queued"),
            "running": Words("执行中", "Running"),
            "done": Words("已完成", "Done"),
            "cancelled": Words("已取消", "Cancelled"),
        },
    ),
    Term(
        "job.verb",
        JobVerb,
        {
            "begin": Words("开始", "Begin"),
            "finish": Words("完成", "Finish"),
            "cancel": Words("取消", "Cancel"),
        },
    ),
)
