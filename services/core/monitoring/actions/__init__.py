"""Writes of monitoring: the check of what is due, and the nightly proof that nothing was missed."""

from services.core.monitoring.actions.checking import READERS, check_due, judge_anew
from services.core.monitoring.actions.proving import prove_some

__all__ = ("READERS", "check_due", "judge_anew", "prove_some")
