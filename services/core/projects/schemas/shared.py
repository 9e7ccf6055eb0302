"""Shapes that projects and their timetables share."""

from uuid import UUID

from pydantic import Field

from services.core.kit.shapes import Shown


class Named(Shown):
    """A record that is referred to."""

    id: UUID
    name: str = Field(examples=["景宁县天然气有限公司"])
