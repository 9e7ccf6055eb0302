"""Sums of amounts that carry how certain they are."""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, and_, case, func
from sqlalchemy import literal_column as constant

from services.core.kit.money import Qualifier


def sum_of(
    amount: SQLColumnExpression[Any], qualifier: SQLColumnExpression[Any]
) -> tuple[ColumnElement[Any], ColumnElement[str]]:
    """Give a sum of amounts, null if none is known, and its qualifier as in `kit.money` (T-6)."""
    known = amount.is_not(None)
    worst = case(
        *(
            (func.bool_or(and_(known, qualifier == _word(one))), _word(one))
            for one in (Qualifier.ABOUT, Qualifier.AT_LEAST)
        ),
        else_=_word(Qualifier.EXACT),
    )
    return func.sum(amount), worst


def _word(one: Qualifier) -> ColumnElement[str]:
    """Write one of our own words into the statement, so that it stays one and the same."""
    return constant(f"'{one}'", Text)
