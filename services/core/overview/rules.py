"""What the library can be added up by."""

from enum import StrEnum


class By(StrEnum):
    """What totals are taken by."""

    CITY = "city"
    COUNTY = "county"
    LEVEL = "level"
    ORGANISATION = "organisation"
    GROUP = "group"
    DOMAIN = "domain"
    THRUST = "thrust"
    TRACK = "track"
    STAGE = "stage"
    LIBRARY_CLASS = "library_class"
    YEAR = "year"
    LIGHT = "light"
