"""What a person types."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from services.core.access.rules import MAX_LENGTH
from services.core.kit.shapes import without_controls

Login = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$"),
    Field(description="Lower case, so that no two look alike."),
]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Language = Literal["zh", "en"]


Typed = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_LENGTH, strip_whitespace=False),
    AfterValidator(without_controls),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]
"""What somebody typed, exactly; fields of it are hidden wherever the object is printed."""
Password = Annotated[
    Typed,
    Field(
        repr=False,
        description="Taken exactly as typed, blanks included.",
        examples=["示例 four plain words"],
    ),
]
FactorCode = Annotated[
    Typed, Field(description="Of the authenticator, or a recovery code.", examples=["482913"])
]
Bearer = Annotated[Typed, Field(repr=False)]
