"""A letter as a real mail server gets it, and every way it can be refused."""

import socket
from dataclasses import replace
from uuid import UUID

import pytest

from services.core.kit.settings import settings
from services.core.notifications import mail
from services.core.notifications.rules import Claimed
from tests.chasing import Postbox
from tests.given import at

LETTER = Claimed(
    delivery_id=UUID(int=1),
    notification_id=UUID("0193a6b0-0000-7000-8000-000000000001"),
    attempt=1,
    address="reporter@example.test",
    language="zh",
    title="待办：“LNG站及中压管道项目”2026年11月进展",
    body="责任单位：景宁县天然气 & 叶某\n办理： https://tuanzu.example/r/1?a=1&b=2",
    claimed_at=at("2026-12-02 09:00"),
)


def test_the_letter_is_whole_and_the_answer_is_the_proof(postbox: Postbox) -> None:
    outcome = mail.send(LETTER)
    assert outcome.is_taken
    assert outcome.answer == "250 2.0.0 taken as number 1"
    letter, envelope = postbox.letters[0], postbox.envelopes[0]
    assert envelope.rcpt_tos == ["reporter@example.test"]
    assert isinstance(envelope.content, bytes)
    assert envelope.content.isascii()
    assert letter["Subject"] == LETTER.title
    assert letter["Message-ID"] == f"<{LETTER.notification_id}@tuanzu.example>"
    assert letter["Content-Language"] == "zh-CN"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Wed, 02 Dec 2026 01:00:00 +0000"
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert plain.get_content().splitlines() == LETTER.body.splitlines()
    assert html is not None
    link = "https://tuanzu.example/r/1?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>' in html.get_content()
    assert "天然气 &amp; 叶某" in html.get_content()


def test_the_message_id_is_the_same_at_every_attempt(postbox: Postbox) -> None:
    for attempt in (1, 2):
        assert mail.send(replace(LETTER, attempt=attempt)).is_taken
    assert len({letter["Message-ID"] for letter in postbox.letters}) == 1


def test_english_readers_get_an_english_letter(postbox: Postbox) -> None:
    mail.send(replace(LETTER, language="en", title="To do", body="Please update."))
    assert postbox.letters[0]["Content-Language"] == "en"
    html = postbox.letters[0].get_body(("html",))
    assert html is not None
    assert '<html lang="en">' in html.get_content()


@pytest.mark.parametrize(
    ("answer", "is_final"),
    [("450 4.2.0 mailbox busy", False), ("550 5.1.1 no such user", True)],
)
def test_a_refused_recipient_is_final_only_when_the_server_says_so(
    postbox: Postbox,
    answer: str,
    is_final: bool,  # noqa: FBT001 a column of the table above
) -> None:
    postbox.refused[LETTER.address] = answer
    outcome = mail.send(LETTER)
    assert (outcome.is_taken, outcome.is_final) == (False, is_final)
    assert outcome.answer == answer


def test_a_refused_letter_keeps_the_servers_words(postbox: Postbox) -> None:
    postbox.answers = ["451 4.3.0 greylisted", "554 5.7.1 not wanted"]
    first, second = mail.send(LETTER), mail.send(LETTER)
    assert (first.answer, first.is_final) == ("451 4.3.0 greylisted", False)
    assert (second.answer, second.is_final) == ("554 5.7.1 not wanted", True)
    assert postbox.letters == []


@pytest.mark.parametrize("address", ["a@b.test\r\nBcc: c@d.test", "叶某@example.test"])
def test_an_address_that_cannot_be_written_is_never_tried_again(
    postbox: Postbox, address: str
) -> None:
    outcome = mail.send(replace(LETTER, address=address))
    assert (outcome.is_taken, outcome.is_final) == (False, True)
    assert postbox.letters == []


def test_a_title_of_several_lines_stays_one_header(postbox: Postbox) -> None:
    mail.send(replace(LETTER, title="待办\r\nBcc: x@y.test"))
    assert postbox.letters[0]["Subject"] == "待办 Bcc: x@y.test"
    assert postbox.letters[0]["Bcc"] is None


def test_a_server_that_is_not_there_is_tried_again(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    del postbox
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("TUANZU_SMTP_PORT", str(port))
    settings.cache_clear()
    outcome = mail.send(LETTER)
    assert (outcome.is_taken, outcome.is_final) == (False, False)
    assert outcome.answer.startswith("ConnectionRefusedError")


def test_a_silent_server_costs_one_timeout(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    del postbox
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TUANZU_SMTP_PORT", str(silent.getsockname()[1]))
        monkeypatch.setenv("TUANZU_SMTP_TIMEOUT", "PT0.2S")
        settings.cache_clear()
        outcome = mail.send(LETTER)
    assert (outcome.is_taken, outcome.is_final) == (False, False)
    assert "imed out" in outcome.answer
