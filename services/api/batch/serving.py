"""The route of a batch: made once, from each collection."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Response
from sqlalchemy import event

from services.api.arrival import JSON
from services.api.batch import drain
from services.api.batch.collections import Collection
from services.api.batch.running import Outcome, run
from services.api.door import Door, Enter, in_transaction
from services.api.problems import BatchUndone, Told, language_of
from services.api.signatures import takes
from services.core.jobs import actions, queries
from services.core.jobs.rules import MOST_INLINE
from services.core.jobs.schemas import BatchAnswer, BatchItem, BatchRequest
from services.core.kit.errors import Invalid
from services.core.kit.words import Words

_UNDONE = Told(
    424,
    "undone_with_others",
    Words("随其他条目一并撤销", "Undone with the others"),
    Words("另一条目失败，本条未生效。", "Another item failed, so this one was not done either."),
)


def router_of(collections: Iterable[Collection]) -> APIRouter:
    """Make the routes `POST /<collection>/batch`."""
    router = APIRouter()
    for collection in collections:
        first = next(iter(collection.operations.values()))
        router.add_api_route(
            f"{collection.path}/batch",
            _route(collection),
            methods=["POST"],
            name=collection.name,
            tags=[first.tag],
            response_model=BatchAnswer,
            responses={202: {"description": "Too many for one request: see the job."}},
            description=f"Do many things to {collection.path} in one request, at most 200 at once; "
            "up to 5,000 as a job.",
        )
    return router


def _route(collection: Collection) -> Any:  # noqa: ANN401 a function whose signature is made here
    """Make the function of one collection's batch, with the parameters of its path."""

    @in_transaction
    def batch(door: Enter, given: BatchRequest, **parents: object) -> Response:
        if len(given.items) > MOST_INLINE:
            return _as_a_job(door, collection, given, parents)
        return _at_once(door, collection, given, parents)

    some = next(iter(collection.operations.values()))
    plain = inspect.signature(inspect.unwrap(some.route)).parameters
    above = {
        name: plain[name].annotation
        for name in collection.parameters
        if name in takes(some.route).plain
    }
    hints = {"door": Enter, "given": BatchRequest, **above, "return": Response}
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
        for name, hint in hints.items()
        if name != "return"
    ]
    for function in (batch, inspect.unwrap(batch)):
        function.__annotations__ = hints
        setattr(function, "__signature__", inspect.Signature(parameters))  # noqa: B010 no typed way
    return batch


def _at_once(
    door: Door, collection: Collection, given: BatchRequest, parents: Mapping[str, Any]
) -> Response:
    """Do every item now; with `atomic`, one that fails undoes all of them."""
    outcomes = run(
        door.session,
        door.caller,
        collection,
        parents=parents,
        items=list(enumerate(given.items)),
    )
    language = language_of(door.request)
    failed = [outcome for outcome in outcomes if outcome.problem]
    if failed and given.atomic:
        faults = [fault for outcome in failed for fault in outcome.faults]
        undone = [
            outcome if outcome.problem else Outcome(outcome.item, problem=_UNDONE)
            for outcome in outcomes
        ]
        raise BatchUndone(faults, [_shown(outcome, language) for outcome in undone])
    answer = {
        "items": [_shown(outcome, language) for outcome in outcomes],
        "succeeded": len(outcomes) - len(failed),
        "failed": len(failed),
    }
    return Response(orjson.dumps(answer), media_type=JSON)


def _shown(outcome: Outcome, language: str) -> dict[str, Any]:
    """Give one item's result, its record as the very text its route answered."""
    shown: dict[str, Any] = {"op": outcome.item.op, "status": outcome.status}
    for name in ("etag", "location"):
        if name in outcome.headers:
            shown[name] = outcome.headers[name]
    if outcome.problem:
        shown["problem"] = outcome.problem.members(language)
    elif outcome.answer is not None and outcome.answer.body:
        shown["body"] = orjson.Fragment(bytes(outcome.answer.body))
    return shown


def _as_a_job(
    door: Door, collection: Collection, given: BatchRequest, parents: Mapping[str, Any]
) -> Response:
    """Keep the items to be done after this request.

    Raises:
        Invalid: all or none is not possible for so many, or an answer would be seen by nobody.
    """
    _refuse_what_no_job_does(collection, given.items, is_atomic=given.atomic)
    job = actions.start(
        door.session,
        collection=collection.path,
        parameters={name: str(value) for name, value in parents.items()},
        items=given.items,
        language=language_of(door.request),
        by=door.caller,
    )
    event.listen(door.session, "after_commit", lambda _: drain.ring(), once=True)
    found = queries.job(door.session, door.caller, job_id=job.id)
    headers = {"Location": f"/api/v1/jobs/{job.id}", "ETag": found.etag}
    return Response(found.body, status_code=202, media_type=JSON, headers=headers)


def _refuse_what_no_job_does(
    collection: Collection, items: Sequence[BatchItem], *, is_atomic: bool
) -> None:
    if any(collection.shows_a_secret(item.op) for item in items):
        raise Invalid.at(
            "/items",
            Words(f"此处一次最多 {MOST_INLINE} 条。", f"At most {MOST_INLINE} at once here."),
            code="too_long",
            allowed=(f"length <= {MOST_INLINE}",),
        )
    if is_atomic:
        raise Invalid.at(
            "/atomic",
            Words(
                f"{len(items)} 条须分段完成，不能整体撤销；请设 atomic 为 false。",
                f"{len(items)} items are done piece by piece; say atomic: false.",
            ),
            code="not_atomic",
            allowed=("false",),
        )
