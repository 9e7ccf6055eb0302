"""What happens to organisations and their officers."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class OrganisationChanged(Fact):
    """A unit was entered in the directory, changed, or moved below another parent."""

    NAME: ClassVar[str] = "organisation.changed"
    TITLE: ClassVar[Words] = Words("单位变更", "An organisation changed")

    organisation_id: UUID
    code: str
    change: Literal["entered", "changed", "moved"]
    parent_id: UUID | None


class OfficerAppointed(Fact):
    """A person answers for a unit in one duty from a day on."""

    NAME: ClassVar[str] = "officer.appointed"
    TITLE: ClassVar[Words] = Words("人员任命", "An officer was appointed")

    officer_id: UUID
    organisation_id: UUID
    duty: str
    valid_from: date
    valid_to: date | None


class OfficerEnded(Fact):
    """A person no longer answers for a unit in one duty, from this day on."""

    NAME: ClassVar[str] = "officer.ended"
    TITLE: ClassVar[Words] = Words("人员卸任", "An officer's term ended")

    officer_id: UUID
    organisation_id: UUID
    duty: str
    valid_to: date
    reason: str | None
