"""Who asks, and what they may see: computed in one place (`access`), used by every query."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.core.kit.errors import Forbidden
from services.core.kit.scope import Ids
from services.core.kit.words import Words


@dataclass(frozen=True, slots=True)
class Caller:
    """One authenticated account with its scope, as ids, at one instant.

    `organisation_ids`: its own organisation and those below it; for a regulator also those that
    lie in its region. `group_ids`: groups one of its own organisations is in today; for a
    regulator also the groups that serve its region. Both come from `access.queries`.
    """

    account_id: UUID
    login: str
    name: str
    organisation_id: UUID
    role: str
    permissions: frozenset[str]
    organisation_ids: Ids
    group_ids: Ids
    now: datetime
    own_organisation_ids: Ids = field(default_factory=lambda: Ids("scope_own"))
    token_id: UUID | None = None
    """The bearer token of this request; None where the service acts for somebody."""
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None
    """What the token is confined to, None if to nothing; `permissions` counts it in already."""
    limited_to: str | None = None
    """The one thing this session must do before anything else."""
    region_code: str = ""
    """The region a regulator supervises; empty for everybody else."""

    @property
    def scope(self) -> dict[str, str]:
        """Give the ids of the scope by the names under which a statement takes them."""
        every = (self.organisation_ids, self.group_ids, self.own_organisation_ids)
        return {ids.name: ids.text for ids in every}

    def must(self, permission: str) -> None:
        """Refuse what this caller's role does not hold.

        Raises:
            Forbidden: the role lacks the permission; the sentence names both.
        """
        if permission not in self.permissions:
            raise Forbidden(
                Words(
                    f"角色“{self.role}”不能执行“{permission}”。",
                    f"The role '{self.role}' may not '{permission}'.",
                )
            )

    def must_write(self) -> None:
        """Refuse a token that was made to read only.

        Raises:
            Forbidden: its scopes name no permission.
        """
        if self.scopes == frozenset():
            raise Forbidden(Words("此令牌只读。", "This token was made to read only."))

    def must_supervise(self, lineage: Collection[str] | None) -> None:
        """Refuse a regulator what lies outside its region.

        `lineage` holds a place's codes, from the top; None is what counts everywhere, which only a
        province keeps (GB/T 2260: its code ends in 0000).

        Raises:
            Forbidden: it is another regulator's.
        """
        if not self.region_code:
            return
        if lineage is None and not self.region_code.endswith("0000"):
            raise Forbidden(
                Words(
                    "全省统一的内容由省级监管单位维护。",
                    "What counts in the whole province is kept by the province's regulator.",
                )
            )
        if lineage is not None and self.region_code not in lineage:
            raise Forbidden(
                Words(
                    f"该地不在所监管的区划“{self.region_code}”之内。",
                    f"That place is not within the region you supervise, {self.region_code}.",
                )
            )

    def must_act_for(self, *organisation_ids: UUID | None) -> None:
        """Refuse unless the caller belongs to one of these organisations (or above it).

        Raises:
            Forbidden: it is another unit's to do.
        """
        if not self.own_organisation_ids.intersection(organisation_ids):
            raise Forbidden(
                Words("此事项由其他单位负责。", "This is for another organisation to do.")
            )
