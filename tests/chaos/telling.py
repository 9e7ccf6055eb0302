"""The counts of a trial, in words and numbers."""

import os

from tests.chaos.receivers import Receiver
from tests.chaos.seen import Seen
from tests.chaos.trial import Trial
from tests.chaos.writers import WRITERS, Score


def told(trial: Trial) -> str:
    """Say what was asked, what was harmed, what everybody saw, and what is wrong."""
    score, heard = trial.score, trial.heard
    harmed = ", ".join(f"{kind} {n}" for kind, n in sorted(trial.house.harmed.items()) if n)
    unanswered = ", ".join(f"{what} {n}" for what, n in score.unanswered.most_common())
    well = f"{len(score.acknowledged)} acknowledged; without a good answer: {unanswered or 0}"
    lines = [
        f"chaos: {trial.seconds:.0f} s, seed {trial.seed}, load {os.getloadavg()[0]:.1f}",
        f"harm ({sum(trial.house.harmed.values())}): {harmed}",
        f"writes: {score.asked} asked from {WRITERS} connections, {score.sent} requests, {well}",
        f"events: {trial.events} in the log; quiet after {trial.settled_in:.1f} s",
        *(_of(seen, score) for seen in heard.everybody()),
        *(_failures(one) for one in heard.receivers if one.answers),
        *([trial.evidence] if trial.faults else []),
        *(f"WRONG: {fault}" for fault in trial.faults),
        "everything acknowledged is everywhere, once" if not trial.faults else "NOT as promised",
    ]
    return "\n".join(lines)


def _of(seen: Seen, score: Score) -> str:
    times = sorted(
        max(at - score.acknowledged[name], 0) * 1000
        for name, at in seen.at.items()
        if name in score.acknowledged
    )
    spread = (
        f"p50 {times[len(times) // 2]:.0f} ms, p99 {times[int(len(times) * 0.99)]:.0f} ms"
        if times
        else "nothing"
    )
    return (
        f"  {seen.name:<16} {len(seen.ids)} events, {seen.again} again, "
        f"{seen.reconnects} times cut off; acknowledged → seen {spread}"
    )


def _failures(receiver: Receiver) -> str:
    ways = ", ".join(f"{way} {n}" for way, n in sorted(receiver.answers.items()))
    return f"  {receiver.seen.name} failed on purpose: {ways}"
