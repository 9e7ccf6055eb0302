"""What a request carries to say who sends it: a bearer token, or a browser's cookie.

A browser sends its cookie wherever it is told to, so with a cookie alone nothing is changed: the
request must also come from our own pages, which the browser itself says (`Sec-Fetch-Site`, or
`Origin` and `Referer` from older ones) and no page can forge. Pages of the origins that the
operator lets ask us (`TUANZU_CORS_ORIGINS`) are as good as ours.
"""

from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

from services.core.kit.errors import Conflict, Forbidden, Unauthenticated
from services.core.kit.settings import settings
from services.core.kit.words import Words

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SECURE_COOKIE, TRIAL_COOKIE = "__Host-tuanzu", "tuanzu"


class CrossSite(Forbidden):
    """A change with a cookie, from a page that is not ours."""

    code = "cross_site_request"


def presented(request: Request) -> str:
    """Give the token a request carries, wherever it stands.

    Raises:
        Unauthenticated: there is none. CrossSite: a change with a cookie from somebody's page.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    cookie = request.cookies.get(cookie_name())
    if cookie is None or scheme:
        raise Unauthenticated(
            Words(
                "请在 Authorization 头中提供 Bearer 令牌，或在浏览器中登录。",
                "Send a bearer token in the Authorization header, or sign in with a browser.",
            )
        )
    if request.method not in _SAFE:
        must_be_ours(request)
    return cookie


def must_be_ours(request: Request) -> None:
    """Refuse a request that a page of somebody else may have made.

    Raises:
        CrossSite: nothing says that it came from our own pages.
    """
    site = request.headers.get("sec-fetch-site")
    source = _origin(request.headers.get("origin") or request.headers.get("referer") or "")
    ours = site == "same-origin" if site else source == _origin(settings().address())
    if not ours and source not in map(_origin, settings().cors_origins):
        raise CrossSite(
            Words(
                "以 Cookie 登录时，修改请求须来自本站页面。",
                "With a cookie, changes are taken from our own pages only.",
            )
        )


def cookie_name(purpose: str = "") -> str:
    """Give a cookie's name: `__Host-` where we are reached by https, which forbids every misuse."""
    return (SECURE_COOKIE if _is_https() else TRIAL_COOKIE) + purpose


def keep(response: Response, value: str, *, life: timedelta, purpose: str = "") -> None:
    """Put a secret into a cookie that no script reads and no other site sends along.

    Raises:
        Conflict: we are reached by plain http over a network, where a cookie would be read.
    """
    must_keep_cookies()
    response.set_cookie(
        cookie_name(purpose),
        value,
        max_age=int(life.total_seconds()),
        path="/",
        secure=_is_https(),
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, *, purpose: str = "") -> None:
    """Take a cookie away."""
    response.delete_cookie(
        cookie_name(purpose), path="/", secure=_is_https(), httponly=True, samesite="lax"
    )


def must_keep_cookies() -> None:
    """Refuse browsers where their cookie would travel in the open.

    Raises:
        Conflict: we are reached by plain http, and not on this machine alone.
    """
    if not (_is_https() or _is_loopback(urlsplit(settings().address()).hostname or "")):
        raise Conflict(
            Words(
                "浏览器登录需要 https；请将 TUANZU_PUBLIC_URL 设为 https 地址。",
                "Browsers sign in over https only; set TUANZU_PUBLIC_URL to an https address.",
            )
        )


def _is_https() -> bool:
    return settings().address().startswith("https://")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(address: str) -> tuple[str, str, int | None]:
    """Give scheme, host and port; what cannot be read is nobody's origin."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    return (parts.scheme, (parts.hostname or "").lower(), port)
