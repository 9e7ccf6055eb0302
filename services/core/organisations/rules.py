"""What units are, how they nest, and when an officer's term is a term."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Conflict, Invalid
from services.core.kit.words import Words


class OrganisationLevel(StrEnum):
    """The three levels of state capital."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class OrganisationKind(StrEnum):
    """What an organisation is."""

    SASAC = "sasac"
    SOE_GROUP = "soe_group"
    SOE_SUBSIDIARY = "soe_subsidiary"
    GOV = "gov"
    GOV_DEPT = "gov_dept"
    SCHOOL = "school"
    BANK = "bank"
    COMPANY = "company"


GOVERNMENT = frozenset({OrganisationKind.SASAC, OrganisationKind.GOV, OrganisationKind.GOV_DEPT})
"""Who may regulate; the others are regulated."""


class Duty(StrEnum):
    """What an officer answers for: 分管领导, 联络员, 填报人, 审核人."""

    LEADER = "leader"
    LIAISON = "liaison"
    REPORTER = "reporter"
    REVIEWER = "reviewer"


def lineage(unit: UUID, parent: Sequence[UUID]) -> list[UUID]:
    """Give a unit's lineage from that of its parent (empty for a unit at the top).

    Raises:
        Invalid: the parent is the unit itself or lies below it.
    """
    if unit in parent:
        raise Invalid.at(
            "/parent_id",
            Words(
                "上级单位不能是本单位或其下属单位。",
                "A unit cannot be placed below itself or below one of its own units.",
            ),
            code="cycle",
        )
    return [*parent, unit]


def must_stay_named(*, is_placeholder: bool, becomes_placeholder: bool) -> None:
    """Refuse to forget the name of a unit that has one.

    Raises:
        Invalid: a named unit would become one that its source does not name.
    """
    if becomes_placeholder and not is_placeholder:
        raise Invalid.at(
            "/is_placeholder",
            Words("已载明的单位不能改为占位单位。", "A named unit cannot become a placeholder."),
            code="already_named",
            allowed=("false",),
        )


def must_hold_officers(*, is_placeholder: bool) -> None:
    """Refuse an officer of a unit that is counted but not named.

    Raises:
        Conflict: nobody can answer for a unit nobody has named.
    """
    if is_placeholder:
        raise Conflict(
            Words(
                "占位单位没有名称，不能任命人员。",
                "A placeholder unit has no name yet; it can have no officers.",
            )
        )


def checked_term(valid_from: date, valid_to: date | None, *, pointer: str = "/valid_to") -> None:
    """Refuse a term that ends before it begins; one that ends the same day never was in force.

    Raises:
        Invalid: the last day lies before the first.
    """
    if valid_to is not None and valid_to < valid_from:
        raise Invalid.at(
            pointer,
            Words(
                f"结束日期不能早于开始日期{valid_from}。",
                f"It cannot end before it begins, on {valid_from}.",
            ),
            code="ends_before_it_begins",
            allowed=(f">= {valid_from}",),
        )
