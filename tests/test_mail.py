"""Mail goes out over TLS to a server that proves who it is, or not at all; and no fault repeats a password."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest

from outreach_api import mail
from outreach_api.settings import Settings
from tests.certificates import make_certificate, tls
from tests.mailbox import Mailbox, mailbox
from tests.ports import free_port

SENDER = "alerts@example.org"


def send(url: str) -> None:
    server, sender = Settings(smtp_url=url, mail_sender=SENDER).mail or pytest.fail("no mail server")
    body = "本文\n.点で始まる行\n"
    mail.send(server, sender, mail.Mail("lead@example.org", "件名", body, uuid.UUID(int=7)))


def fault_of(url: str) -> str:
    with pytest.raises(mail.MailError) as caught:
        send(url)
    assert caught.value.__cause__ is None
    assert "secret" not in str(caught.value)
    return caught.value.code


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of a server that calls itself 127.0.0.1."""
    return make_certificate(tmp_path)


def test_a_mail_says_what_it_is(certificate: Path) -> None:
    with mailbox() as box:
        send(box.url)
    (taken,) = box.taken
    assert (taken.message["From"], taken.message["To"], taken.message["Subject"]) == (
        SENDER,
        "lead@example.org",
        "件名",
    )
    assert taken.text == "件名\n本文\n.点で始まる行\n"
    assert taken.message["Message-ID"] == "<00000000-0000-0000-0000-000000000007@example.org>"
    assert taken.message["Auto-Submitted"] == "auto-generated"
    assert box.said[0] == "ehlo example.org"  # never this machine's own name


def test_the_password_goes_over_tls_to_a_server_that_is_known(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mailbox(tls(certificate)) as box:
        send(f"smtp://alerts%40example.org:secret%2Fword@127.0.0.1:{box.port}")
    assert len(box.taken) == 1
    assert [line.split()[0].upper() for line in box.said[:4]] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def said_before_tls(box: Mailbox) -> list[str]:
    return [line.split()[0].upper() for line in box.said]


def test_without_tls_nothing_is_told(certificate: Path) -> None:
    with mailbox() as box:
        assert fault_of(f"smtp://alerts:secret@127.0.0.1:{box.port}") == "mail_without_tls"
    assert box.taken == []
    assert set(said_before_tls(box)) <= {"EHLO", "QUIT"}


def test_a_stranger_is_told_nothing(certificate: Path) -> None:
    with mailbox(tls(certificate)) as box:
        assert fault_of(f"smtp://alerts:secret@127.0.0.1:{box.port}") == "mail_tls_failed"
    assert box.taken == []
    assert set(said_before_tls(box)) == {"EHLO", "STARTTLS"}


def test_a_server_that_is_away_or_refuses_is_a_word() -> None:
    assert fault_of(f"smtps://alerts:secret@127.0.0.1:{free_port()}") == "mail_unreachable"
    with mailbox() as box:
        box.refused.add("lead@example.org")
        assert fault_of(box.url) == "mail_address_refused"


def test_a_server_that_never_comes_to_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    with mailbox() as box:
        # Longer than the whole mail may take; its socket is shut meanwhile.
        box.on_taken = lambda: time.sleep(2)
        assert fault_of(box.url) == "mail_unreachable"
