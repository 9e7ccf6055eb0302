"""Every no as `application/problem+json` (RFC 9457), in the caller's language, with pointers.

Nothing else in the project knows which status a refusal has.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from services.api.limits import OverQuota
from services.api.pointers import faults_of
from services.api.signatures import takes
from services.core.jobs.schemas import BatchOutcome
from services.core.kit.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    Kind,
    Refusal,
    Stale,
    TooMany,
    Unavailable,
    UnlawfulMove,
)
from services.core.kit.trace import trace_id
from services.core.kit.words import Words
from services.core.progress.rules import Unanswered
from services.core.progress.schemas import Asked

_log = structlog.get_logger(__name__)

STATUS: dict[Kind, int] = {
    Kind.MALFORMED: 400,
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
    Kind.TOO_MANY: 429,
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
_WRONG_METHOD = 405

_LANGUAGES = re.compile(
    r"(?:^|,)\s*(\*|[a-z]{2}(?=[-;,\s]|$))[^,;]*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?"
)
_UNIQUE, _EXCLUSION, _FOREIGN_KEY, _CHECK = "23505", "23P01", "23503", "23514"
_NOT_ALLOWED = "42501"
"""The second wall: a policy, or a right the role of callers lacks; a condition was forgotten."""


class ProblemError(BaseModel):
    """One wrong field."""

    pointer: str = Field(description="JSON pointer into the body; `?name` a query parameter.")
    code: str = Field(description="Stable; never translated.", examples=["missing"])
    detail: str = Field(examples=["This field is required."])
    allowed: list[str] = Field(default_factory=list, description="What is allowed there.")


class BatchUndone(Invalid):
    """An item of an atomic batch failed: nothing of the batch was done."""

    code = "batch_undone"
    title = Words("批量请求已整体撤销", "The whole batch was undone")

    def __init__(self, faults: Iterable[Fault], items: Sequence[Mapping[str, Any]]) -> None:
        """Keep what came of each item."""
        words = Words("有条目失败，全部未生效。", "Some item failed, so nothing was done.")
        super().__init__(words, faults=faults)
        self.items = items


class Problem(BaseModel):
    """RFC 9457 problem details; codes are stable, `title` and `detail` are localised."""

    type: str = Field(examples=["urn:tuanzu:problem:not_found"])
    code: str = Field(description="Stable; never translated.", examples=["not_found"])
    title: str = Field(
        description="The code in words, in the caller's language.", examples=["Not found"]
    )
    status: int
    detail: str
    errors: list[ProblemError] = Field(default_factory=list)
    trace_id: str | None = None
    lawful: list[str] | None = Field(default=None, description="Lawful verbs, on an unlawful move.")
    current: dict[str, Any] | None = Field(default=None, description="On 412: the record now.")
    items: list[BatchOutcome] | None = Field(
        default=None, description="On an undone batch: what came of each item."
    )
    questions: list[Asked] | None = Field(
        default=None, description="On unanswered figures: each question, with its numbers."
    )


def documented(words: str) -> dict[str, Any]:
    """Describe a refusal for the OpenAPI document: whatever the status, a problem."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": words, "content": {"application/problem+json": schema}}


COMMON: dict[int | str, dict[str, Any]] = {
    status: documented(words)
    for status, words in (
        (400, "The request cannot be read, or could be read in more than one way."),
        (401, "No token, or not a good one."),
        (403, "Visible, but not this caller's to change."),
        (404, "No such record, or none in the caller's scope."),
        (409, "In conflict with what is recorded; unlawful moves list the lawful ones."),
        (413, "The body is too large."),
        (412, "The record has another version by now; it is included."),
        (415, "The body is not of a media type this takes."),
        (422, "The input is wrong; each field is named by its pointer."),
        (428, "A change needs If-Match."),
        (429, "Too many requests; try again after Retry-After."),
        (503, "Try again shortly."),
    )
}
"""What nearly every route may refuse with; a route that means something else says so itself."""


def language_of(request: Request) -> str:
    """Give `en` or `zh`: the one Accept-Language likes better; Chinese if neither."""
    return _preferred(request.headers.get("accept-language", ""))


@lru_cache(maxsize=256)
def _preferred(header: str) -> str:
    """Weigh the languages of a header (RFC 9110, 12.5.4); of equals the first is meant."""
    best, weight = "zh", 0.0
    for tag, given in _LANGUAGES.findall(header.lower()):
        language = "zh" if tag == "*" else tag[:2]
        liking = float(given or 1)
        if language in ("zh", "en") and liking > weight:
            best, weight = language, liking
    return best


def install(app: FastAPI) -> None:
    """Put the handlers into the app; the edge answers what is left over."""
    app.add_exception_handler(Refusal, _any)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _any)
    app.add_exception_handler(PoolTimeout, _any)


@dataclass(frozen=True, slots=True)
class Told:
    """A no, before it is put into words of one language."""

    status: int
    code: str
    title: Words
    detail: Words
    faults: Sequence[Fault] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def at(self, faults: Sequence[Fault]) -> "Told":
        """Give the same no with its faults elsewhere, as part of something larger."""
        return replace(self, faults=faults, headers={})

    def members(self, language: str) -> dict[str, Any]:
        """Write the problem; `extra` adds members the code's documentation names."""
        return {
            "type": f"urn:tuanzu:problem:{self.code}",
            "code": self.code,
            "title": self.title.spoken(language),
            "status": self.status,
            "detail": self.detail.spoken(language),
            "errors": [
                {
                    "pointer": fault.pointer,
                    "code": fault.code,
                    "detail": fault.words.spoken(language),
                    "allowed": list(fault.allowed),
                }
                for fault in self.faults
            ],
            "trace_id": trace_id(),
            **self.extra,
        }


def told(error: Exception) -> Told:
    """Translate what core, pydantic or PostgreSQL refuse; anything else is nobody's intention."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, IntegrityError):
        known = _raced(error)
        if known:
            return known
    if isinstance(error, DataError):
        _log.warning("a value reached the database that no rule bounds", exc_info=error)
        words = Words("取值超出范围。", "A value is out of range.")
        return Told(422, "out_of_range", Invalid.title, words)
    if getattr(getattr(error, "orig", None), "sqlstate", None) == _NOT_ALLOWED:
        _log.error("the second wall refused", exc_info=error)
        words = Words("该记录不在您的范围内。", "The record is not within your scope.")
        return Told(403, Forbidden.code, Forbidden.title, words)
    if isinstance(error, DBAPIError | PoolTimeout):
        _log.error("database error", exc_info=error)
        words = Words("请稍后重试。", "Please try again shortly.")
        again = {"Retry-After": "2"}
        return Told(503, Unavailable.code, Unavailable.title, words, headers=again)
    _log.error("unexpected error", exc_info=error)
    words = Words("服务出现意外错误，已记录。", "Something unexpected went wrong; it was logged.")
    return Told(500, "internal_error", Words("服务器内部错误", "Internal error"), words)


def invalid(faults: Sequence[Fault]) -> Told:
    """Tell every wrong field at once."""
    words = Words(f"有 {len(faults)} 处需要改正。", f"{len(faults)} field(s) need to be put right.")
    return Told(STATUS[Kind.INVALID], Invalid.code, Invalid.title, words, faults)


def _refused(error: Refusal) -> Told:
    """Translate a refusal of the core, with whatever its kind adds."""
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    if isinstance(error, OverQuota):
        headers.update(error.standing.headers())
    if error.kind == Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.kind == Kind.UNAVAILABLE:
        headers["Retry-After"] = "2"
    status = STATUS[error.kind]
    return Told(status, error.code, error.title, error.words, error.faults, _extra(error), headers)


def _extra(error: Refusal) -> dict[str, Any]:
    """Give the members that a kind of refusal adds to its problem."""
    if isinstance(error, UnlawfulMove):
        return {"lawful": list(error.lawful)}
    if isinstance(error, Stale) and error.current:
        return {"current": orjson.loads(error.current)}
    if isinstance(error, Unanswered):
        return {"questions": error.questions}
    if isinstance(error, BatchUndone):
        return {"items": error.items}
    return {}


def _raced(error: IntegrityError) -> Told | None:
    """Translate what a constraint refuses: a race the rules could not see."""
    state = getattr(error.orig, "sqlstate", None)
    if state in (_UNIQUE, _EXCLUSION):
        words = Words("已有相同的记录。", "Such a record already exists.")
        return Told(409, "already_exists", Conflict.title, words)
    if state in (_FOREIGN_KEY, _CHECK):
        words = Words(
            "引用的记录不存在或取值不允许。", "It names a record or a value that is not there."
        )
        return Told(422, "bad_reference", Invalid.title, words)
    return None


def answer(request: Request, no: Told) -> Response:
    """Answer with the problem, in the language the client likes best."""
    language = language_of(request)
    return Response(
        orjson.dumps(no.members(language)),
        status_code=no.status,
        media_type="application/problem+json",
        headers={"Content-Language": "en" if language == "en" else "zh-CN", **no.headers},
    )


def answered(request: Request, error: Exception) -> Response:
    """Answer a refusal or a failure; of the inside it says not a word, the log has it."""
    return answer(request, told(error))


async def _any(request: Request, error: Exception) -> Response:
    return answered(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    """Answer what pydantic found, field by field."""
    if not isinstance(error, RequestValidationError):
        raise error
    route = request.scope["route"].endpoint
    return answer(request, invalid(faults_of(error.errors(), takes(route))))


async def _http(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: unknown paths, wrong methods, large bodies."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == _WRONG_METHOD:
        return wrong_method(request)
    code, title = _TITLES.get(error.status_code, _TITLES[400])
    headers = dict(error.headers or {})
    return answer(request, Told(error.status_code, code, title, title, headers=headers))


def wrong_method(request: Request) -> Response:
    """Say every method that this address takes; that is also all that OPTIONS asks."""
    takes = {"OPTIONS"} | _methods_at(request)
    headers = {"Allow": ", ".join(sorted(takes | ({"HEAD"} if "GET" in takes else set())))}
    if "PATCH" in takes:
        headers["Accept-Patch"] = "application/merge-patch+json, application/json"
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    code, title = _TITLES[_WRONG_METHOD]
    return answer(request, Told(_WRONG_METHOD, code, title, title, headers=headers))


def _methods_at(request: Request) -> set[str]:
    """Give the methods of this address: of all routes it fits, those that say most of it."""
    found: dict[int, set[str]] = {}
    for context in iter_route_contexts(request.app.routes):
        fits = context.path and context.path_regex.match(request.scope["path"])
        if fits and context.path:
            found.setdefault(context.path.count("{"), set()).update(context.methods or ())
    return found[min(found)] if found else set()
