"""Labels of what the service does for itself: jobs, and the account of the watch."""

from services.api.terms.term import Term
from services.core.jobs.rules import JobState, JobVerb
from services.core.kit.words import Words
from services.core.runs.rules import RunState, Trouble

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
    Term(
        "run.state",
        RunState,
        {
            "completed": Words("已完成", "Completed"),
            "missed": Words("缺失，待补", "Missed, being caught up"),
            "caught_up": Words("已补做", "Caught up"),
        },
    ),
    Term(
        "run.trouble",
        Trouble,
        {
            "run_overdue": Words("例行运行逾时", "A run is overdue"),
            "checks_overdue": Words("检查逾时", "Checks are overdue"),
            "reminders_unsent": Words("提醒未发", "Reminders were not sent"),
        },
    ),
)
