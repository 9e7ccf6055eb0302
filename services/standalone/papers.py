"""Documents as files: read as JSON, and refused with a pointer to every wrong place."""

from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from services.api.pointers import faults_of
from services.core.exchange.book import refuse
from services.core.exchange.rules import Anchors
from services.core.kit.errors import Invalid
from services.core.kit.words import Words

Shape = TypeVar("Shape", bound=BaseModel)


def packaged(name: str) -> Any:  # noqa: ANN401 JSON has no narrower type
    """Give a document that is shipped with the service."""
    folder = resources.files("services.core.exchange") / "documents"
    return orjson.loads((folder / name).read_bytes())


def opened(path: Path) -> Any:  # noqa: ANN401 JSON has no narrower type
    """Give what a file holds.

    Raises:
        Invalid: it cannot be read, or is no JSON.
    """
    try:
        return orjson.loads(path.read_bytes())
    except OSError as error:
        raise Invalid(
            Words(
                f"无法读取 {path}：{error.strerror}。", f"{path} cannot be read: {error.strerror}."
            )
        ) from error
    except orjson.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise Invalid(
            Words(
                f"{path} 第 {where} 处不是有效的 JSON。",
                f"{path} is no JSON at {where}: {error.msg}.",
            )
        ) from error


def read(shape: type[Shape], raw: object, anchors: Anchors) -> Shape:
    """Read a document.

    Raises:
        Invalid: with the pointer of every wrong place.
    """
    if not isinstance(raw, dict):
        words = Words("须为 JSON 对象。", "This must be a JSON object.")
        raise Invalid.at("", words, code="model_type")
    try:
        return shape.model_validate(raw, context=anchors)
    except ValidationError as error:
        refuse(faults_of(error.errors()))
        raise
