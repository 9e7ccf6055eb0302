"""Writes of the library; who may make them is said in `keeping`."""

from services.core.projects.actions.library import admit, change
from services.core.projects.actions.life import advance, stand
from services.core.projects.actions.milestones import (
    change_milestone,
    plan_milestone,
    reach_milestone,
)
from services.core.projects.actions.plans import plan_year
from services.core.projects.actions.watching import recheck

__all__ = (
    "admit",
    "advance",
    "change",
    "change_milestone",
    "plan_milestone",
    "plan_year",
    "reach_milestone",
    "recheck",
    "stand",
)
