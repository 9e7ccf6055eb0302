"""Writes of the library; who may make them is said in `keeping`."""

from services.core.projects.actions.external import put_external
from services.core.projects.actions.library import admit, change, check_new, enter
from services.core.projects.actions.life import advance, stand
from services.core.projects.actions.milestones import (
    change_milestone,
    plan_milestone,
    reach_milestone,
)
from services.core.projects.actions.plans import (
    approve_plan_change,
    plan_year,
    refuse_plan_change,
    request_plan_change,
)
from services.core.projects.actions.watching import recheck

__all__ = (
    "admit",
    "advance",
    "approve_plan_change",
    "change",
    "change_milestone",
    "check_new",
    "enter",
    "plan_milestone",
    "plan_year",
    "put_external",
    "reach_milestone",
    "recheck",
    "refuse_plan_change",
    "request_plan_change",
    "stand",
)
