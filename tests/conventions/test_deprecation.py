"""A route on its way out says so: in the contract, on each answer, in the metrics."""

from datetime import date
from typing import Any

import pytest
from fastapi import APIRouter, Response
from starlette.testclient import TestClient

from services.api import authority
from services.api.deprecation import Leaving, deprecated
from services.api.door import Enter, in_reading
from services.api.main import create_app

LEAVING = Leaving(
    since=date(2027, 1, 1),
    sunset=date(2027, 7, 1),
    successor="/api/v1/regions",
    explained_at="https://tuanzu.example/docs/moving",
)


@pytest.mark.usefixtures("connection")
def test_a_deprecated_route_tells_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("listPlaces", "getPlace"):
        monkeypatch.setitem(authority.RULES, name, authority.RULES["listRegions"])
    router = APIRouter(tags=["regions"])

    @router.get("/places", openapi_extra={"security": []})
    @deprecated(LEAVING)
    async def list_places(door: Enter) -> Response:
        """List places, as it was once done."""
        return Response(f'{{"items":[],"asked":"{door.request.url.path}"}}')

    @router.get("/places/{code}")
    @deprecated(LEAVING)
    @in_reading
    def get_place(door: Enter, code: str) -> Response:
        """Read a place, as it was once done."""
        return Response(f"{door.caller.login} {code}")

    app = create_app()
    responses: dict[int | str, dict[str, Any]] = {
        status: {"content": {"application/problem+json": {}}, "description": "No."}
        for status in (404, 409, 422, 429, 503)
    }
    app.include_router(router, prefix="/api/v1", responses=responses)
    with TestClient(app) as asked:
        assert asked.get("/api/v1/places").status_code == 200
        answer = asked.get("/api/v1/places")
        assert answer.headers["deprecation"] == "@1798732800"
        assert answer.headers["sunset"] == "Wed, 30 Jun 2027 16:00:00 GMT"
        links = answer.headers["link"].split(", ")
        assert links == [
            '<https://tuanzu.example/docs/moving>; rel="deprecation"; type="text/html"',
            '</api/v1/regions>; rel="successor-version"',
        ]
        assert "deprecation" in asked.get("/api/v1/places/x").headers, "refusals say it too"
        assert "deprecation" not in asked.get("/api/v1/terms").headers
        uses = 'tuanzu_deprecated_uses_total{operation="list_places"} 2.0'
        assert uses in asked.get("/metrics").text
    paths = app.openapi()["paths"]
    for path in ("/api/v1/places", "/api/v1/places/{code}"):
        said = paths[path]["get"]
        assert said["deprecated"] is True
        assert {"Deprecation", "Sunset"} <= set(said["responses"]["200"]["headers"])
    assert "deprecated" not in paths["/api/v1/terms"]["get"]
