"""What units write: proposals, drafted and put right until they are submitted."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.admissions import queries, rules, schemas
from services.core.admissions.actions import telling
from services.core.admissions.models import Admission
from services.core.admissions.rules import AdmissionKind, AdmissionState
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Invalid
from services.core.kit.words import Words
from services.core.projects import actions as projects
from services.core.projects.actions import keeping
from services.core.projects.models import Project
from services.core.projects.rules import ProjectVerb
from services.core.projects.schemas import NewProject


def draft(session: Session, *, given: NewProject, by: Caller) -> Admission:
    """Propose a project; it is its unit's own until it is submitted.

    Raises:
        Conflict: the code is taken. Forbidden: not the caller's to keep.
        Invalid: something named is unknown, or days, shares or stage do not fit.
    """
    _check_entry(session, given, None, by)
    return _drafted(session, AdmissionKind.ENTRY, _entry_columns(given), by)


def draft_exit(
    session: Session, *, project_id: UUID, given: schemas.NewExit, by: Caller
) -> Admission:
    """Propose that a project leaves the library; it is its unit's own until it is submitted.

    Raises:
        Missing; Forbidden: not the caller's to keep; UnlawfulMove: it has left already.
        Conflict: it is proposed already. Invalid: the project it is merged into does not fit.
    """
    project = _check_exit(session, project_id, given, None, by)
    return _drafted(session, AdmissionKind.EXIT, _exit_columns(project, given), by)


def change(
    session: Session,
    *,
    admission_id: UUID,
    given: schemas.ProposalChange,
    expected: int,
    by: Caller,
) -> Admission:
    """Put a proposed project right that is not at a gate.

    Raises:
        Missing, Stale, Forbidden, Invalid, as for a new one.
        Conflict: it waits at a gate, was decided, is an exit, or the code is taken.
    """
    found = _of_kind(session, admission_id, AdmissionKind.ENTRY, expected, by)
    sent = given.model_dump(mode="json", exclude_unset=True)
    whole = NewProject.model_validate(found.proposal | sent)
    _check_entry(session, whole, found.id, by)
    return _changed(session, found, _entry_columns(whole), by)


def change_exit(
    session: Session,
    *,
    admission_id: UUID,
    given: schemas.ExitChange,
    expected: int,
    by: Caller,
) -> Admission:
    """Put an exit right that is not at a gate.

    Raises:
        Missing, Stale, Forbidden, Invalid, UnlawfulMove, as for a new one.
        Conflict: it waits at a gate, was decided, or is no exit.
    """
    found = _of_kind(session, admission_id, AdmissionKind.EXIT, expected, by)
    sent = given.model_dump(mode="json", exclude_unset=True)
    whole = schemas.NewExit.model_validate(found.proposal | sent)
    project = _check_exit(session, _project_of(found), whole, found.id, by)
    return _changed(session, found, _exit_columns(project, whole), by)


def renew(session: Session, found: Admission, by: Caller) -> None:
    """Take a proposal as it is today: an exit's gates are those of where its project stands now.

    Raises:
        Conflict, Invalid, Forbidden, UnlawfulMove, as for a new one.
    """
    if found.kind == AdmissionKind.EXIT:
        rows.merged(found, _exit_columns(*still_leaving(session, found, by)))
    else:
        _check_entry(session, NewProject.model_validate(found.proposal), found.id, by)


def still_leaving(
    session: Session, found: Admission, by: Caller
) -> tuple[Project, schemas.NewExit]:
    """Give the project of an exit, and why it goes, if it still may.

    Raises:
        Conflict, Invalid, Forbidden, UnlawfulMove, as for a new one.
    """
    given = schemas.NewExit.model_validate(found.proposal)
    return _check_exit(session, _project_of(found), given, found.id, by), given


def of_its_unit(session: Session, admission_id: UUID, expected: int, by: Caller) -> Admission:
    """Lock a proposal for whoever keeps the project it is about.

    Raises:
        Missing, Stale, Forbidden.
    """
    found = queries.for_change(session, by, admission_id=admission_id, expected=expected)
    units = (found.lead_organisation_id, found.responsible_organisation_id)
    keeping.must_keep(session, group_id=found.group_id, units=units, by=by)
    return found


def _of_kind(
    session: Session, admission_id: UUID, kind: AdmissionKind, expected: int, by: Caller
) -> Admission:
    """Lock a proposal that is of this kind."""
    found = of_its_unit(session, admission_id, expected, by)
    if found.kind != kind:
        raise Conflict(
            Words(
                "入库申请与出库申请各按其内容修改。",
                "A proposed project and an exit are changed each in its own way.",
            )
        )
    return found


def _project_of(found: Admission) -> UUID:
    """Give the project an exit is about; the table's own check sees to it that there is one."""
    assert found.project_id is not None  # noqa: S101
    return found.project_id


def _drafted(
    session: Session, kind: AdmissionKind, columns: dict[str, Any], by: Caller
) -> Admission:
    made = Admission(kind=kind, drafted_for=by.organisation_id, **columns)
    session.add(made)
    session.flush()
    telling.note(session, made, "admission.drafted", by)
    return made


def _changed(session: Session, found: Admission, columns: dict[str, Any], by: Caller) -> Admission:
    if AdmissionState(found.state) not in rules.KEPT_BY_ITS_UNIT:
        raise Conflict(Words("申请已提交，不能修改。", "It waits at a gate, or was decided."))
    if rows.merged(found, columns):
        telling.note(session, found, "admission.changed", by)
    return found


def _check_entry(
    session: Session, given: NewProject, admission_id: UUID | None, by: Caller
) -> None:
    """Refuse what the library would not admit, and a code that another proposal has."""
    projects.check_new(session, given=given, by=by, permission="projects.keep")
    if queries.is_proposed(session, AdmissionKind.ENTRY, given.code, admission_id):
        words = Words(f"编号“{given.code}”已在申报中。", f"'{given.code}' is proposed already.")
        raise Conflict(words, faults=[Fault("/code", "taken", words)])


def _check_exit(
    session: Session,
    project_id: UUID,
    given: schemas.NewExit,
    admission_id: UUID | None,
    by: Caller,
) -> Project:
    """Give the project that is to leave, unless it may not or another proposal says so already."""
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb=ProjectVerb.MOVE_OUT, by=by
    )
    rules.check_successor(given.exit_reason, project.id, given.merged_into_id)
    into = given.merged_into_id
    if into is not None and not queries.is_kept(session, by, project_id=into):
        words = Words("库中没有这个项目。", "The library has no such project.")
        raise Invalid.at("/merged_into_id", words, code="unknown_project")
    if queries.is_proposed(session, AdmissionKind.EXIT, project.code, admission_id):
        raise Conflict(Words("该项目已在申报出库。", "Its exit is proposed already."))
    return project


def _entry_columns(given: NewProject) -> dict[str, Any]:
    return {
        "code": given.code,
        "name": given.name,
        "group_id": given.group_id,
        "region_code": given.region_code,
        "lead_organisation_id": given.lead_organisation_id,
        "responsible_organisation_id": given.responsible_organisation_id
        or given.lead_organisation_id,
        "proposal": given.model_dump(mode="json"),
    }


def _exit_columns(project: Project, given: schemas.NewExit) -> dict[str, Any]:
    """Give what an exit holds: of the project as it is now, so that its gates are those of now."""
    return {
        "project_id": project.id,
        "code": project.code,
        "name": project.name,
        "group_id": project.group_id,
        "region_code": project.region_code,
        "lead_organisation_id": project.lead_organisation_id,
        "responsible_organisation_id": project.responsible_organisation_id,
        "proposal": given.model_dump(mode="json"),
    }
