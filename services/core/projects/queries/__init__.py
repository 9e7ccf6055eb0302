"""Reads of the library; scope is one condition, `visible`."""

from services.core.projects.queries.backwards import scheduled
from services.core.projects.queries.change import (
    for_change,
    parent,
    partners,
    watch_for_change,
)
from services.core.projects.queries.changes import (
    compared_plans,
    open_plan_change,
    plan_change,
    plan_change_for_change,
    plan_changes,
    project_of_plan_change,
)
from services.core.projects.queries.external import external, external_project, hold_external
from services.core.projects.queries.library import (
    FIELDS,
    LIBRARY_CLASS,
    RECORDS,
    project,
    projects,
    stands_under,
    sum_of,
    visible,
)
from services.core.projects.queries.timetable import (
    MILESTONES,
    PLANS,
    current_plan,
    milestone,
    milestone_for_change,
    milestones,
    open_milestone_days,
    plan,
    plans,
    weight_of_others,
)

__all__ = (
    "FIELDS",
    "LIBRARY_CLASS",
    "MILESTONES",
    "PLANS",
    "RECORDS",
    "compared_plans",
    "current_plan",
    "external",
    "external_project",
    "for_change",
    "hold_external",
    "milestone",
    "milestone_for_change",
    "milestones",
    "open_milestone_days",
    "open_plan_change",
    "parent",
    "partners",
    "plan",
    "plan_change",
    "plan_change_for_change",
    "plan_changes",
    "plans",
    "project",
    "project_of_plan_change",
    "projects",
    "scheduled",
    "stands_under",
    "sum_of",
    "visible",
    "watch_for_change",
    "weight_of_others",
)
