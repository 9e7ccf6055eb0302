"""Coming in over HTTP: sessions, credentials, the provider, the first start; also accounts."""

from fastapi import APIRouter

from services.api.routes.access import (
    accounts,
    bootstrap,
    credentials,
    oidc,
    sessions,
    tokens,
)

router = APIRouter(tags=["access"])
for part in (accounts, tokens, sessions, credentials, oidc, bootstrap):
    router.include_router(part.router)

__all__ = ("router",)
