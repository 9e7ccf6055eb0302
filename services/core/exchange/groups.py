"""Drafts of joint groups: active, with their members, one convener and its duties."""

from collections.abc import Iterator
from uuid import UUID

from services.core.exchange import schemas
from services.core.exchange.book import Book
from services.core.groups import rules
from services.core.groups.events import ConvenerDutyAssigned, GroupEstablished, GroupMemberJoined
from services.core.groups.models import ConvenerDuty, GroupMembership, JointGroup
from services.core.groups.rules import GroupState, MemberRole, Seat
from services.core.kit.errors import Conflict, Fault, Invalid
from services.core.kit.events import Subject
from services.core.kit.ids import new_id
from services.core.kit.words import Words
from services.core.organisations import rules as organisation_rules
from services.core.regions.rules import RegionLevel


def group(book: Book, row: schemas.GroupRow) -> None:
    """Draft an active group; its convener speaks for the member it belongs to (I-2, I-3)."""
    if book.region(row.region)[0] != RegionLevel.COUNTY:
        words = Words("团组只能为县级区划设立。", "A group serves a county.")
        raise Invalid.at("/region", words, code="not_a_county")
    rules.checked_day(
        row.established_on, not_before=None, today=book.today, pointer="/established_on"
    )
    _must_be_first(book, row)
    made = new_id()
    seats = list(_seats(book, row, made))
    chair = rules.chaired(seats, book.today)
    units = rules.units(seats, book.today)
    convener = next(book.units[m.organisation] for m in row.members if m.role == chair.role)
    represents = rules.represented(
        convener.id, convener.lineage, units, chair.represents_organisation_id
    )
    book.ids["groups"][row.code] = made
    book.created["groups"] += 1
    book.active_groups[row.region] = row.code
    book.draft(
        JointGroup(
            id=made,
            region_code=row.region,
            policy_code=row.policy,
            state=GroupState.ACTIVE,
            **row.model_dump(exclude={"region", "policy", "members", "duties"}),
        )
    )
    fact = GroupEstablished(
        group_id=made,
        code=row.code,
        region_code=row.region,
        established_on=row.established_on,
        convener_organisation_id=chair.organisation_id,
        represents_organisation_id=represents,
        member_organisation_ids=tuple(sorted(units)),
    )
    heard = tuple(seat.organisation_id for seat in seats)
    book.note(fact, Subject("group", made, group_id=made, organisation_ids=heard))
    _members(book, row, seats)
    _duties(book, row, made, chair)


def _must_be_first(book: Book, row: schemas.GroupRow) -> None:
    """Refuse a second active group of a county (I-1)."""
    other = book.active_groups.get(row.region)
    if other is not None:
        words = Words(
            f"该县已有团组“{other}”。", f"The county has an active group already: '{other}'."
        )
        raise Conflict(words, faults=[Fault("/region", "second_group", words)])


def _seats(book: Book, row: schemas.GroupRow, group_id: UUID) -> Iterator[Seat]:
    """Give the members' places; none overlaps another of the same unit (I-4)."""
    seats: list[Seat] = []
    for place, member in enumerate(row.members):
        unit = book.unit(member.organisation)
        since = member.valid_from or row.established_on
        if member.represents and member.role != MemberRole.CONVENER:
            words = Words(
                "只有召集单位可以代表其他单位。", "Only a convener represents another unit."
            )
            raise Invalid.at(f"/members/{place}/represents", words, code="not_a_convener")
        organisation_rules.checked_term(
            since, member.valid_to, pointer=f"/members/{place}/valid_to"
        )
        rules.must_be_seatable(seats, unit.id, since)
        represents = book.unit(member.represents).id if member.represents else None
        seats.append(Seat(group_id, unit.id, member.role, represents, since, member.valid_to))
        yield seats[-1]


def _members(book: Book, row: schemas.GroupRow, seats: list[Seat]) -> None:
    for member, seat in zip(row.members, seats, strict=True):
        book.draft(
            GroupMembership(
                group_id=seat.id,
                organisation_id=seat.organisation_id,
                represents_organisation_id=seat.represents_organisation_id,
                valid_from=seat.valid_from,
                **member.model_dump(exclude={"organisation", "represents", "valid_from"}),
            )
        )
        fact = GroupMemberJoined(
            group_id=seat.id,
            organisation_id=seat.organisation_id,
            role=seat.role,
            represents_organisation_id=seat.represents_organisation_id,
            valid_from=seat.valid_from,
        )
        heard = (seat.organisation_id,)
        book.note(fact, Subject("group", seat.id, group_id=seat.id, organisation_ids=heard))


def _duties(book: Book, row: schemas.GroupRow, group_id: UUID, chair: Seat) -> None:
    for duty in row.duties:
        made = new_id()
        book.draft(
            ConvenerDuty(
                id=made,
                group_id=group_id,
                organisation_id=chair.organisation_id,
                began_on=chair.valid_from,
                **duty.model_dump(),
            )
        )
        fact = ConvenerDutyAssigned(
            duty_id=made,
            group_id=group_id,
            organisation_id=chair.organisation_id,
            kind=duty.kind,
            every_months=duty.every_months,
            began_on=chair.valid_from,
        )
        heard = (chair.organisation_id,)
        book.note(fact, Subject("convener_duty", made, group_id=group_id, organisation_ids=heard))
