"""Every no as `application/problem+json` (RFC 9457), in the caller's language, with pointers.

Nothing else in the project knows which status a refusal has.
"""

from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from services.api.pointers import faults_of
from services.core.kit.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    Kind,
    Refusal,
    Stale,
    Unavailable,
    UnlawfulMove,
)
from services.core.kit.trace import trace_id
from services.core.kit.words import Words

_log = structlog.get_logger(__name__)

STATUS: dict[Kind, int] = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.STALE: 412,
    Kind.PRECONDITION_REQUIRED: 428,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.UNAVAILABLE: 503,
}

_TITLES: dict[int, tuple[str, Words]] = {
    400: ("bad_request", Words("请求无法解析", "The request cannot be read")),
    404: ("not_found", Words("没有这个地址", "There is nothing at this address")),
    405: (
        "method_not_allowed",
        Words("此地址不支持该方法", "This address does not take the method"),
    ),
    413: ("too_large", Words("请求体过大", "The request body is too large")),
}

_UNIQUE, _EXCLUSION, _FOREIGN_KEY, _CHECK = "23505", "23P01", "23503", "23514"
_NOT_ALLOWED = "42501"
"""The second wall: a policy, or a right the role of callers lacks; a condition was forgotten."""


class ProblemError(BaseModel):
    """One wrong field."""

    pointer: str = Field(description="JSON pointer into the body; `?name` a query parameter.")
    code: str
    detail: str
    allowed: list[str] = Field(default_factory=list, description="What is allowed there.")


class Problem(BaseModel):
    """RFC 9457 problem details; codes are stable, `title` and `detail` are localised."""

    type: str = Field(examples=["urn:tuanzu:problem:unlawful_move"])
    code: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = Field(default_factory=list)
    trace_id: str | None = None
    lawful: list[str] | None = Field(default=None, description="Lawful verbs, on an unlawful move.")
    current: dict[str, Any] | None = Field(default=None, description="On 412: the record now.")


def language_of(request: Request) -> str:
    """Give `en` or `zh`: whichever Accept-Language names first; Chinese if neither."""
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag.startswith(("en", "zh")):
            return tag[:2]
    return "zh"


def install(app: FastAPI) -> None:
    """Put the handlers into the app; after this no error leaves in another form."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeout, _busy)
    app.add_exception_handler(Exception, _unexpected)


def _answer(  # noqa: PLR0913 the members of one problem
    request: Request,
    status: int,
    code: str,
    title: Words,
    detail: Words,
    *,
    faults: Sequence[Fault] = (),
    extra: dict[str, Any] | None = None,
) -> Response:
    """Build the response; `extra` adds members the code's documentation names."""
    language = language_of(request)
    members: dict[str, Any] = {
        "type": f"urn:tuanzu:problem:{code}",
        "code": code,
        "title": title.spoken(language),
        "status": status,
        "detail": detail.spoken(language),
        "errors": [
            {
                "pointer": fault.pointer,
                "code": fault.code,
                "detail": fault.words.spoken(language),
                "allowed": list(fault.allowed),
            }
            for fault in faults
        ],
        "trace_id": trace_id(),
        **(extra or {}),
    }
    headers = {"Content-Language": "en" if language == "en" else "zh-CN"}
    if status == STATUS[Kind.UNAUTHENTICATED]:
        headers["WWW-Authenticate"] = "Bearer"
    if status == STATUS[Kind.UNAVAILABLE]:
        headers["Retry-After"] = "2"
    return Response(
        orjson.dumps(members),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


async def _refused(request: Request, error: Exception) -> Response:
    """Translate a refusal of the core."""
    if not isinstance(error, Refusal):
        raise error
    extra: dict[str, Any] = {}
    if isinstance(error, UnlawfulMove):
        extra["lawful"] = list(error.lawful)
    if isinstance(error, Stale) and error.current:
        extra["current"] = orjson.loads(error.current)
    return _answer(
        request,
        STATUS[error.kind],
        error.code,
        error.title,
        error.words,
        faults=error.faults,
        extra=extra,
    )


async def _invalid(request: Request, error: Exception) -> Response:
    """Translate what pydantic found, field by field."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = faults_of(error.errors())
    words = Words(f"有 {len(faults)} 处需要改正。", f"{len(faults)} field(s) need to be put right.")
    return _answer(request, 422, Invalid.code, Invalid.title, words, faults=faults)


async def _http(request: Request, error: Exception) -> Response:
    """Translate what the framework itself refuses: unknown paths, wrong methods, large bodies."""
    if not isinstance(error, HTTPException):
        raise error
    code, title = _TITLES.get(error.status_code, _TITLES[400])
    response = _answer(request, error.status_code, code, title, title)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _database(request: Request, error: Exception) -> Response:
    """Translate what PostgreSQL refuses: a race the rules could not see, or no connection."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, IntegrityError) and state in (_UNIQUE, _EXCLUSION):
        words = Words("已有相同的记录。", "Such a record already exists.")
        return _answer(request, 409, "already_exists", Conflict.title, words)
    if isinstance(error, IntegrityError) and state in (_FOREIGN_KEY, _CHECK):
        words = Words(
            "引用的记录不存在或取值不允许。", "It names a record or a value that is not there."
        )
        return _answer(request, 422, "bad_reference", Invalid.title, words)
    _log.error("database error", sqlstate=state, exc_info=error)
    if state == _NOT_ALLOWED:
        words = Words("该记录不在您的范围内。", "The record is not within your scope.")
        return _answer(request, 403, Forbidden.code, Forbidden.title, words)
    return await _busy(request, error)


async def _busy(request: Request, _: Exception) -> Response:
    """Answer that trying again is right."""
    words = Words("请稍后重试。", "Please try again shortly.")
    return _answer(request, 503, Unavailable.code, Unavailable.title, words)


async def _unexpected(request: Request, error: Exception) -> Response:
    """Answer 500 without a word of the inside; the log has it, under the trace id."""
    _log.error("unexpected error", path=request.url.path, exc_info=error)
    words = Words("服务出现意外错误，已记录。", "Something unexpected went wrong; it was logged.")
    title = Words("服务器内部错误", "Internal error")
    return _answer(request, 500, "internal_error", title, words)
