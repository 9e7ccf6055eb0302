"""What regions look like from outside."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.core.kit.shapes import Given, Name, OnDay, PageOf, Paragraph, RegionCode, Shown
from services.core.regions.rules import DesignationKind, RegionLevel

_Code = Annotated[RegionCode, Field(description="GB/T 2260, 9 digits for a township.")]


class NewRegion(Given):
    """A region to be entered."""

    code: _Code = Field(examples=["331127"])
    name: Name = Field(examples=["景宁畲族自治县"])
    name_en: Name | None = Field(default=None, examples=["Jingning She Autonomous County"])
    level: RegionLevel
    parent_code: _Code | None = Field(default=None, examples=["331100"])
    source: Paragraph | None = None
    is_illustrative: bool = False


class RegionChange(Given):
    """What of a region may change (JSON Merge Patch)."""

    name: Name = Field(default="", examples=["景宁畲族自治县"])
    name_en: Name | None = Field(default=None, examples=["Jingning She Autonomous County"])
    source: Paragraph | None = None


class NewDesignation(Given):
    """A place is put on a list."""

    kind: DesignationKind
    valid_from: OnDay
    valid_to: OnDay | None = None
    source: Paragraph | None = None


class Designation(Shown):
    """A place on a list, from one day until another."""

    kind: DesignationKind
    valid_from: date
    valid_to: date | None


class Region(Shown):
    """One place."""

    code: str = Field(examples=["331127"])
    name: str = Field(examples=["景宁畲族自治县"])
    name_en: str | None = Field(examples=["Jingning She Autonomous County"])
    level: RegionLevel
    parent_code: str | None
    lineage: list[str] = Field(description="Codes from the province down to this one.")
    designations: list[Designation]
    source: str | None
    is_illustrative: bool
    version: int


class RegionPage(PageOf):
    """One page of regions."""

    items: list[Region]
