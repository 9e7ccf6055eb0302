"""Facts: what happened, in the past tense, small and frozen."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.core.kit.caller import Caller
from services.core.kit.words import Words


class Fact(BaseModel):
    """The root of every event's data; the class docstring is its public documentation.

    A published version only ever gains optional fields: another shape is a new class with the next
    VERSION. What a field means is said below it, or by its name (`services/api/dictionary`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    NAME: ClassVar[str]
    VERSION: ClassVar[int] = 1
    TITLE: ClassVar[Words]


@dataclass(frozen=True, slots=True)
class Subject:
    """The record a fact is about, and who may see the fact."""

    kind: str
    id: UUID
    group_id: UUID | None = None
    organisation_ids: tuple[UUID, ...] = field(default=())
    for_everybody: bool = False
    """Said of what is public: a place, a day, a policy, a target."""

    def must_be_heard(self) -> None:
        """Refuse an audience that nobody has thought of: to the feed, none is everybody.

        Raises:
            ValueError: it names nobody and does not say that it is for everybody, or says both.
        """
        if self.for_everybody == bool(self.group_id or self.organisation_ids):
            raise ValueError(f"who may see a fact about this {self.kind}?")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: an account, or a part of the service itself."""

    name: str
    account_id: UUID | None = None
    organisation_id: UUID | None = None

    @classmethod
    def person(cls, caller: Caller) -> "Actor":
        """Name the account behind a request."""
        return cls(caller.name, caller.account_id, caller.organisation_id)

    @classmethod
    def part(cls, name: str) -> "Actor":
        """Name the part of the service that acted by itself."""
        return cls(f"system:{name}")

    def label(self) -> str:
        """Give the actor as one string, for the event's envelope."""
        return f"account:{self.account_id}" if self.account_id else self.name
