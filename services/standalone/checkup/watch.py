"""The doctor's look at the watch: what it should have done by now, and what the night proved."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from services.core.kit import db
from services.core.kit.clock import house_now
from services.core.kit.words import Words
from services.core.monitoring.models import Proof
from services.core.runs import queries as runs
from services.standalone.checkup.findings import Finding, broken, weak, well

_WATCH = Words("监测", "the watch")
_PROOF = Words("夜间复核", "nightly proof")


def watch() -> Iterator[Finding]:
    """Say what MR-23 finds: runs, checks and reminders overdue, and projects found otherwise."""
    try:
        with db.reading() as session:
            troubles = runs.self_findings(session, now=house_now(session))
            proof = runs.last_proof(session)
    except SQLAlchemyError as error:
        said = type(error).__name__
        words = Words(f"无法读取（{said}）", f"cannot be read ({said})")
        yield broken(_WATCH, words, Words("检查 PostgreSQL 的日志。", "See the log of PostgreSQL."))
        return
    for trouble in troubles:
        yield weak(
            _WATCH,
            trouble.words,
            Words(
                "检查 worker 和 beat 是否在运行及其日志；再执行 tuanzu queues。",
                "See whether worker and beat run, and their logs; then run tuanzu queues.",
            ),
        )
    if not troubles:
        yield well(_WATCH, "MR-23: 0")
    yield _proven(proof)


def _proven(proof: Proof | None) -> Finding:
    """Judge the latest night: what it found otherwise than kept, a check had missed."""
    if proof is None:
        return well(_PROOF, "—")
    night, projects, differing = proof.night, proof.projects, proof.differences
    if differing:
        return weak(
            _PROOF,
            Words(
                f"{night}：{projects} 个项目中 {differing} 个与记录不符（MR-23）",
                f"{night}: {differing} of {projects} projects were not as kept (MR-23)",
            ),
            Words(
                "已重新检查；若次夜仍有，请查看 rule=MR-23 的问题并报告。",
                "They were checked anew; if the next night finds more, read the findings of rule "
                "MR-23 and report them.",
            ),
        )
    return well(_PROOF, f"{night}: {projects}")
