"""Small builders: one per noun, each giving a row that is whole and believable."""

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.models import AccessToken, Account
from services.core.groups.models import GroupMembership, JointGroup
from services.core.kit.caller import Caller
from services.core.kit.ids import new_id
from services.core.organisations.models import Organisation
from services.core.projects.models import Project, ProjectWatch
from services.core.regions.models import Region

LONG_AGO = date(2022, 1, 1)


def places(session: Session) -> None:
    """Zhejiang, Lishui, Jingning and a township; Wenzhou and Taishun as another county."""
    rows = (
        ("330000", "浙江省", "province", None),
        ("331100", "丽水市", "city", "330000"),
        ("331127", "景宁畲族自治县", "county", "331100"),
        ("331127209", "景南乡", "township", "331127"),
        ("330300", "温州市", "city", "330000"),
        ("330329", "泰顺县", "county", "330300"),
    )
    lineages: dict[str, list[str]] = {}
    for code, name, level, parent in rows:
        lineages[code] = [*lineages.get(parent or "", []), code]
        session.add(
            Region(code=code, name=name, level=level, parent_code=parent, lineage=lineages[code])
        )
        session.flush()


def unit(
    session: Session, name: str, *, parent: Organisation | None = None, **also: Any
) -> Organisation:
    """An organisation of Jingning county unless said otherwise."""
    made = new_id()
    row = Organisation(
        **{
            "id": made,
            "code": f"O-{made.hex[-12:]}",
            "name": name,
            "level": "county",
            "kind": "soe_group",
            "parent_id": parent.id if parent else None,
            "lineage": [*(parent.lineage if parent else []), made],
            "region_code": "331127",
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row


def account(session: Session, login: str, *, of: Organisation, role: str, **also: Any) -> Account:
    """An account with an e-mail address."""
    row = Account(
        **{
            "login": login,
            "name": login,
            "organisation_id": of.id,
            "role": role,
            "email": f"{login}@example.test",
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row


def caller(session: Session, who: Account) -> Caller:
    """What access computes for this account now."""
    session.flush()
    found = access.caller_for(session, who.id)
    assert found is not None
    return found


def headers(session: Session, who: Account, **also: str) -> dict[str, str]:
    """Request headers with a fresh token of this account."""
    token = access.TOKEN_PREFIX + secrets.token_urlsafe(32)
    session.add(
        AccessToken(
            account_id=who.id,
            name="test",
            hint=token[:8],
            token_hash=access.hashed(token),
            created_at=datetime(2020, 1, 1, tzinfo=UTC),
            expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        )
    )
    session.flush()
    session.commit()
    return {"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in also.items()}}


def group(session: Session, *, members: list[Organisation], **also: Any) -> JointGroup:
    """An active group of Jingning; the first member is the convener."""
    row = JointGroup(
        **{
            "code": f"G-{secrets.token_hex(4)}",
            "name": "国资国企助力山区海岛县共同富裕联合团组(景宁)",
            "region_code": "331127",
            "state": "active",
            "established_on": LONG_AGO,
            **also,
        }
    )
    session.add(row)
    session.flush()
    for index, member in enumerate(members):
        session.add(
            GroupMembership(
                group_id=row.id,
                organisation_id=member.id,
                role="convener" if index == 0 else "member",
                valid_from=LONG_AGO,
            )
        )
    session.flush()
    return row


def project(
    session: Session, *, group: JointGroup | None, lead: Organisation, **also: Any
) -> Project:
    """An investment project that owes no reports unless said otherwise, with its watch row."""
    row = Project(
        **{
            "code": f"P-{secrets.token_hex(4)}",
            "name": "LNG站及中压管道项目",
            "group_id": group.id if group else None,
            "region_code": "331127",
            "thrust": "livelihood",
            "domain": "energy",
            "track": "investment",
            "stage": "preparatory",
            "lead_organisation_id": lead.id,
            "responsible_organisation_id": lead.id,
            "responsible_person": "叶某",
            "total_investment": Decimal(40_000_000),
            "investment_qualifier": "at_least",
            **also,
        }
    )
    session.add(row)
    session.flush()
    session.add(ProjectWatch(project_id=row.id))
    session.flush()
    return row


def at(text: str) -> datetime:
    """Give an instant of Asia/Shanghai, written as "2026-11-24 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)


def ids(*rows: Any) -> list[UUID]:
    """The ids of rows."""
    return [row.id for row in rows]
