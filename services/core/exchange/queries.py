"""What of a document exists already: ids by the codes that documents use."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.agreements.models import AgreementBatch, FrameworkAgreement
from services.core.exchange.models import LoadedDocument
from services.core.groups.models import JointGroup
from services.core.groups.rules import GroupState
from services.core.organisations.models import Officer, Organisation
from services.core.policies.models import PolicyPack
from services.core.progress.models import ProgressReport
from services.core.projects.models import Project
from services.core.regions.models import Region
from services.core.targets.models import AnnualTarget, LibraryStatement

Key = str | tuple[Any, ...]
"""A row's natural key: its code, or the few values that make it that row and no other."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything recorded that a document could name, by section and natural key.

    Programmes are small (thousands of rows), so all keys are read at once, a statement a section.
    """

    ids: Mapping[str, Mapping[Key, UUID]]
    regions: Mapping[str, tuple[str, list[str]]]
    """Level and lineage by code."""
    organisations: Mapping[str, Organisation]
    active_regions: Mapping[str, str]
    """The code of the active group of a region (I-1)."""

    def has(self, section: str, key: Key) -> bool:
        """Say whether a row exists already."""
        return key in self.ids[section]


def known(session: Session) -> Known:
    """Read the natural keys of all that exists."""
    ids: dict[str, Mapping[Key, UUID]] = {
        "groups": _keyed(session, JointGroup.id, JointGroup.code),
        "projects": _keyed(session, Project.id, Project.code),
        "batches": _keyed(session, AgreementBatch.id, AgreementBatch.code),
        "agreements": _keyed(session, FrameworkAgreement.id, FrameworkAgreement.code),
    }
    regions = session.scalars(select(Region)).all()
    organisations = session.scalars(select(Organisation)).all()
    organisation_codes = {organisation.id: organisation.code for organisation in organisations}
    project_codes = {id_: key for key, id_ in ids["projects"].items()}
    ids["regions"] = {region.code: region.id for region in regions}
    ids["organisations"] = {organisation.code: organisation.id for organisation in organisations}
    ids["accounts"] = _keyed(session, Account.id, Account.login)
    ids["policies"] = _keyed(session, PolicyPack.id, PolicyPack.code)
    ids["targets"] = _keyed(session, AnnualTarget.id, AnnualTarget.region_code, AnnualTarget.year)
    ids["statements"] = _keyed(
        session, LibraryStatement.id, LibraryStatement.region_code, LibraryStatement.as_of_month
    )
    ids["officers"] = {
        (organisation_codes[organisation_id], duty, name): id_
        for (organisation_id, duty, name), id_ in _keyed(
            session, Officer.id, Officer.organisation_id, Officer.duty, Officer.name
        ).items()
    }
    ids["reports"] = {
        (project_codes[project_id], period): id_
        for (project_id, period), id_ in _keyed(
            session, ProgressReport.id, ProgressReport.project_id, ProgressReport.period
        ).items()
    }
    return Known(
        ids=ids,
        regions={region.code: (region.level, region.lineage) for region in regions},
        organisations={organisation.code: organisation for organisation in organisations},
        active_regions=_active_groups(session),
    )


def _keyed(session: Session, id_: Any, *keys: Any) -> dict[Any, UUID]:  # noqa: ANN401 mapped columns
    """Read ids by one key, or by the tuple of several."""
    found = session.execute(select(id_, *keys)).all()
    return {row[1] if len(keys) == 1 else tuple(row[1:]): row[0] for row in found}


def _active_groups(session: Session) -> dict[str, str]:
    found = session.execute(
        select(JointGroup.region_code, JointGroup.code).where(JointGroup.state == GroupState.ACTIVE)
    )
    return {row.region_code: row.code for row in found}


def accounts_by_login(session: Session, logins: Collection[str]) -> dict[str, UUID]:
    """Give the accounts behind these log-ins; unknown ones are left out."""
    found = session.execute(
        select(Account.login, Account.id).where(Account.login.in_(list(logins)))
    )
    return {row.login: row.id for row in found}


def loaded_on(session: Session, *, code: str) -> date | None:
    """Give the day a document was first loaded, from which its relative days count."""
    return session.scalar(select(LoadedDocument.anchored_on).where(LoadedDocument.code == code))


def is_demo(session: Session) -> bool:
    """Say whether the demonstration is loaded here: then time may be simulated."""
    return bool(session.scalar(select(exists().where(LoadedDocument.is_demo))))


def is_empty(session: Session) -> bool:
    """Say whether nothing of a programme is recorded yet."""
    return not session.scalar(select(exists().select_from(Organisation)))
