"""`/docs`: the contract to read and to try, without the internet.

The page and its start are ours, the rest is Swagger UI from a wheel (`fastapi-offline` carries its
files); nothing is fetched from another host. No script stands in the page itself, so that it lives
under a policy that forbids those.
"""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI, Response
from fastapi.staticfiles import StaticFiles

router = APIRouter(prefix="/docs", include_in_schema=False)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes and shows its icons as data; it needs no more."""
_HEADERS: Mapping[str, str] = {"Content-Security-Policy": POLICY}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tuanzu 团组 API</title>
<link rel="icon" href="docs/files/favicon.png">
<link rel="stylesheet" href="docs/files/swagger-ui.css">
</head>
<body>
<div id="contract"></div>
<script src="docs/files/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "api/v1/openapi.json",
  dom_id: "#contract",
  deepLinking: true,
  filter: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: true,
  validatorUrl: null,
});
"""


def install(app: FastAPI) -> None:
    """Let the app serve the page and its files."""
    app.include_router(router)
    app.mount("/docs/files", StaticFiles(packages=[("fastapi_offline", "static")]))


@router.get("")
async def docs() -> Response:
    """Give the page."""
    return Response(_PAGE, media_type="text/html; charset=utf-8", headers=dict(_HEADERS))


@router.get("/start.js")
async def start() -> Response:
    """Give what starts the page."""
    return Response(_START, media_type="text/javascript; charset=utf-8")
