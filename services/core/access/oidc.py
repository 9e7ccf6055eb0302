"""OpenID Connect, as a relying party: authorization code with PKCE, state and nonce.

What the provider says of itself and its keys are read when they are needed and kept for ten
minutes; a key nobody knows yet is looked for once more. Nothing here opens a transaction.
"""

import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.core.kit.errors import Missing, Unauthenticated, Unavailable
from services.core.kit.settings import settings
from services.core.kit.words import Words

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Public-key signatures only: with `none` or HS256 whoever knows the client could sign."""
_TIMEOUT_SECONDS = 5.0
_KEPT_SECONDS = 600
_LEEWAY_SECONDS = 60
_RANDOM_BYTES = 32


class Provider(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Start(BaseModel):
    """What a browser must bring back: kept sealed in a short-lived cookie of its own."""

    model_config = ConfigDict(frozen=True)

    state: str = Field(repr=False)
    nonce: str = Field(repr=False)
    verifier: str = Field(repr=False)
    return_to: str
    until: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the provider."""

    issuer: str
    subject: str
    email: str | None
    """Only if the provider has verified it."""


def begun(*, return_to: str, now: float, life: float) -> Start:
    """Make the secrets of one way through the provider."""
    return Start(
        state=secrets.token_urlsafe(_RANDOM_BYTES),
        nonce=secrets.token_urlsafe(_RANDOM_BYTES),
        verifier=secrets.token_urlsafe(_RANDOM_BYTES),
        return_to=return_to,
        until=now + life,
    )


def address_of(start: Start, *, redirect_uri: str) -> str:
    """Give where the browser goes to sign in.

    Raises:
        Missing: there is no provider here. Unavailable: it does not answer.
    """
    with _client(redirect_uri) as client:
        address, _ = client.create_authorization_url(
            provider().authorization_endpoint,
            state=start.state,
            nonce=start.nonce,
            code_challenge=create_s256_code_challenge(start.verifier),
            code_challenge_method="S256",
        )
    return str(address)


def identified(start: Start, *, code: str, redirect_uri: str) -> Identity:
    """Turn the code a browser brought back into who it is.

    Raises:
        Unauthenticated: the provider refuses the code, or its token is not for this sign-in.
        Unavailable: it does not answer.
    """
    with _client(redirect_uri) as client:
        try:
            answer = client.fetch_token(
                provider().token_endpoint,
                code=code,
                code_verifier=start.verifier,
                grant_type="authorization_code",
            )
        except OAuthError as error:
            raise refused() from error
        except (httpx2.HTTPError, ValueError) as error:
            raise _silent() from error
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise refused()
    return judged(token, start)


def refused() -> Unauthenticated:
    """Give the one refusal of this way in."""
    return Unauthenticated(
        Words(
            "统一身份认证登录失败，请重新登录。",
            "Signing in by the identity provider failed; please begin again.",
        )
    )


def provider() -> Provider:
    """Give what the provider says of itself.

    Raises:
        Missing: there is no provider here. Unavailable: it does not answer, or is another one.
    """
    if not settings().oidc_issuer:
        raise Missing
    return _provider(settings().oidc_issuer, _period())


@lru_cache(maxsize=2)
def _provider(issuer: str, _period: int) -> Provider:
    known = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        found = Provider.model_validate(_read(known))
    except ValidationError as error:
        raise _silent() from error
    if found.issuer.rstrip("/") != issuer.rstrip("/"):
        raise _silent()
    return found


@lru_cache(maxsize=4)
def _keys(address: str, _period: int) -> KeySet:
    return KeySet.import_key_set(_read(address))


def _period() -> int:
    return int(time.monotonic() // _KEPT_SECONDS)


def _opened(token: str) -> jwt.Token:
    """Check the signature; the provider may have new keys since we looked."""
    address = provider().jwks_uri
    try:
        return jwt.decode(token, _keys(address, _period()), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError):
        _keys.cache_clear()
    try:
        return jwt.decode(token, _keys(address, _period()), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError) as error:
        raise refused() from error


def judged(token: str, start: Start) -> Identity:
    """Give who a token is about, if it is from this provider, for us, for this sign-in, and fresh.

    Raises:
        Unauthenticated: it is not.
    """
    client_id = settings().oidc_client_id
    held = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": provider().issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": start.nonce},
    )
    claims = _opened(token).claims
    try:
        held.validate(claims)
    except (JoseError, ValueError) as error:
        raise refused() from error
    audience = claims["aud"]
    many = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if many else client_id) != client_id:
        raise refused()
    verified = claims.get("email_verified") is True
    email = claims.get("email")
    return Identity(
        issuer=provider().issuer,
        subject=str(claims["sub"]),
        email=str(email) if verified and email else None,
    )


def _client(redirect_uri: str) -> OAuth2Client:
    return OAuth2Client(
        client_id=settings().oidc_client_id,
        client_secret=settings().oidc_client_secret,
        scope=settings().oidc_scopes,
        redirect_uri=redirect_uri,
        timeout=_TIMEOUT_SECONDS,
        follow_redirects=False,
    )


def _read(address: str) -> Any:  # noqa: ANN401 whatever JSON the provider answers
    try:
        answer = httpx2.get(address, timeout=_TIMEOUT_SECONDS, follow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise _silent() from error


def _silent() -> Unavailable:
    return Unavailable(
        Words(
            "统一身份认证服务没有响应，请稍后重试。",
            "The identity provider does not answer; please try again shortly.",
        )
    )
