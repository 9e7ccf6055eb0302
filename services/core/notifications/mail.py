"""One letter, one conversation with the mail server; whatever happens is an outcome.

Called outside of any transaction. The Message-ID is the notification's, the same at every
attempt, so that a receiver recognises a letter that went twice.
"""

import html
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from services.core.kit.settings import Settings, settings
from services.core.notifications.rules import Claimed, Outcome

_POLICY = SMTP.clone(cte_type="7bit")
"""Every server takes seven bits; texts are encoded so that none needs more."""
_LOCALES = {"zh": "zh-CN", "en": "en"}
_LINK, _ANCHOR = re.compile(r"(https?://[^\s<]+)"), r'<a href="\1">\1</a>'
_PERMANENT = 500
_KEPT = 500
"""Characters kept of an answer: a proof, not a log."""


class _Answered(Exception):
    """The server said no to one command."""

    def __init__(self, code: int, text: bytes, *, about_letter: bool) -> None:
        super().__init__(f"{code} {text.decode(errors='replace')}")
        self.is_final = about_letter and code >= _PERMANENT


def send(claimed: Claimed) -> Outcome:
    """Hand one letter to the mail server; gives its own answer, never an exception.

    A 5xx to the recipient or to the letter is final (RFC 5321 4.2.1), as is an address that
    cannot be written down; everything else is worth another try.
    """
    chosen = settings()
    try:
        letter = written(claimed, chosen)
        return Outcome(is_taken=True, answer=_handed_over(letter, claimed.address, chosen))
    except _Answered as no:
        return Outcome(is_taken=False, answer=str(no)[:_KEPT], is_final=no.is_final)
    except OSError as failure:  # every error of smtplib and of the socket below it
        return Outcome(is_taken=False, answer=f"{type(failure).__name__}: {failure}"[:_KEPT])
    except ValueError as failure:  # the address holds what no header may hold
        return Outcome(is_taken=False, answer=str(failure)[:_KEPT], is_final=True)


def written(claimed: Claimed, chosen: Settings) -> EmailMessage:
    """Write the letter: plain text and the same as HTML, UTF-8, with the headers RFC 5322 asks for.

    Raises:
        ValueError: the address or the title cannot stand in a header.
    """
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = chosen.smtp_from
    letter["To"] = claimed.address
    letter["Subject"] = " ".join(claimed.title.split())
    letter["Date"] = format_datetime(claimed.claimed_at)
    letter["Message-ID"] = message_id(claimed, chosen)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(claimed.body)
    letter.add_alternative(_as_html(claimed), subtype="html")  # moves Content-* into the parts
    letter["Content-Language"] = _LOCALES.get(claimed.language, _LOCALES["zh"])
    return letter


def message_id(claimed: Claimed, chosen: Settings) -> str:
    """Give the letter's name in the world: the notification's id at our host."""
    return f"<{claimed.notification_id}@{urlsplit(chosen.address()).hostname or 'localhost'}>"


def _as_html(claimed: Claimed) -> str:
    """Give the body as HTML: one paragraph a line, addresses as links, nothing else."""
    lines = (html.escape(line) for line in claimed.body.splitlines())
    paragraphs = "".join(f"<p>{_LINK.sub(_ANCHOR, line)}</p>" for line in lines)
    language = _LOCALES.get(claimed.language, _LOCALES["zh"])
    return f'<!doctype html><html lang="{language}"><body>{paragraphs}</body></html>'


def _handed_over(letter: EmailMessage, address: str, chosen: Settings) -> str:
    """Hold the conversation; gives the server's answer to the letter itself: the proof.

    Raises:
        _Answered: it said no. OSError: it could not be talked to.
    """
    timeout = chosen.smtp_timeout.total_seconds()
    server = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=timeout)
    try:
        if chosen.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if chosen.smtp_username:
            server.login(chosen.smtp_username, chosen.smtp_password)
        server.ehlo_or_helo_if_needed()
        _must(server.mail(chosen.smtp_from), about_letter=False)
        _must(server.rcpt(address), about_letter=True)
        code, text = _must(server.data(letter.as_bytes()), about_letter=True)
        return f"{code} {text.decode(errors='replace')}"[:_KEPT]
    finally:
        with suppress(
            OSError
        ):  # a server that is rude at the end has taken the letter all the same
            server.quit()
        server.close()


def _must(answer: tuple[int, bytes], *, about_letter: bool) -> tuple[int, bytes]:
    code, text = answer
    if not 200 <= code < 300:  # noqa: PLR2004 SMTP's positive completion replies
        raise _Answered(code, text, about_letter=about_letter)
    return answer
