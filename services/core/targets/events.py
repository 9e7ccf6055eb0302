"""What happens to targets and statements."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.money import Qualifier
from services.core.kit.words import Words


class TargetRecorded(Fact):
    """A year's target for a region was set or corrected."""

    NAME: ClassVar[str] = "target.recorded"
    TITLE: ClassVar[Words] = Words("年度目标下达", "An annual target was set")

    target_id: UUID
    region_code: str
    year: int
    project_count: int
    project_qualifier: Qualifier
    investment: Decimal
    investment_qualifier: Qualifier


class LibraryStated(Fact):
    """Somebody stated how large the library is."""

    NAME: ClassVar[str] = "library.stated"
    TITLE: ClassVar[Words] = Words("项目库规模公布", "The library's size was stated")

    statement_id: UUID
    region_code: str
    as_of_month: str
    project_count: int
    project_qualifier: Qualifier
    investment: Decimal
    investment_qualifier: Qualifier
