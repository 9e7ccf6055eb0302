"""Labels of who comes in: roles' permissions are with `records`, this is how one gets in."""

from services.api.terms.term import Term
from services.core.access.rules import (
    EndReason,
    Limit,
    Profile,
    SessionKind,
    SessionMethod,
    TokenKind,
)
from services.core.kit.words import Words

IDENTITY: tuple[Term, ...] = (
    Term(
        "session.kind",
        SessionKind,
        {
            "browser": Words("浏览器", "Browser"),
            "phone": Words("手机或程序", "Phone or program"),
        },
    ),
    Term(
        "session.method",
        SessionMethod,
        {
            "password": Words("密码", "Password"),
            "oidc": Words("统一身份认证", "Identity provider"),
        },
    ),
    Term(
        "session.end_reason",
        EndReason,
        {
            "signed_out": Words("本人退出", "Signed out"),
            "ended_elsewhere": Words("本人在别处结束", "Ended by its owner elsewhere"),
            "ended_by_administrator": Words("管理员结束", "Ended by an administrator"),
            "password_changed": Words("密码已变更", "The password changed"),
            "second_factor_changed": Words("二次验证已变更", "The second factor changed"),
            "account_changed": Words("账户已变更", "The account changed"),
            "too_many": Words("会话过多", "Too many sessions"),
            "token_reused": Words("令牌被重复使用", "A token was used twice"),
        },
    ),
    Term(
        "session.limit",
        Limit,
        {
            "password": Words("须先修改密码", "The password is to be changed first"),
            "second_factor": Words("须先启用二次验证", "A second factor is to be enrolled first"),
        },
    ),
    Term(
        "token.kind",
        TokenKind,
        {
            "personal": Words("个人令牌", "Personal token"),
            "service": Words("服务令牌", "Service token"),
            "access": Words("手机会话令牌", "A phone's session token"),
            "cookie": Words("浏览器会话令牌", "A browser's session token"),
        },
    ),
    Term(
        "password.profile",
        Profile,
        {
            "asvs": Words("ASVS：长度与常见密码检查", "ASVS: length, and none that is known"),
            "mlps3": Words(
                "等保三级：复杂度、期限、历史", "MLPS level 3: composition, age, history"
            ),
        },
    ),
)
