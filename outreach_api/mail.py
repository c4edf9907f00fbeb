"""Sends one mail through the mail server of the settings: over TLS, within a time limit, and its faults as codes.

What a server says when it refuses may repeat an address or a user's name, so that never leaves this file.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import NamedTuple

from outreach_api.mail_server import MailServer

SECONDS = 60
"""For one whole mail; a lease lasts longer. Each single answer may take a third of it."""


class MailError(Exception):
    """It was not taken; `code` says why, in a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Attachment(NamedTuple):
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    body: str
    mail_id: uuid.UUID
    """The same when it must be sent again: many programs then show it once."""
    attachment: Attachment | None = None
    urgent: bool = True
    """Somebody should look now, as at an alert."""


def send(server: MailServer, sender: str, mail: Mail) -> None:
    """Hand a mail to the server; back when the server has taken it. Raises MailError."""
    try:
        with _connected(server, sender) as connection:
            connection.send_message(_message(sender, mail), sender, [mail.to])
    except smtplib.SMTPNotSupportedError:
        raise MailError("mail_without_tls") from None
    except smtplib.SMTPAuthenticationError:
        raise MailError("mail_login_refused") from None
    except smtplib.SMTPRecipientsRefused:
        raise MailError("mail_address_refused") from None
    except ssl.SSLError:
        raise MailError("mail_tls_failed") from None
    except smtplib.SMTPResponseException:
        raise MailError("mail_refused") from None
    except (OSError, smtplib.SMTPException):  # also ours: the time was over
        raise MailError("mail_unreachable") from None


@contextlib.contextmanager
def _connected(server: MailServer, sender: str) -> Iterator[smtplib.SMTP]:
    # Said instead of this machine's own name, which is nobody's business.
    here = sender.rpartition("@")[2]
    tls = ssl.create_default_context()
    if server.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, here, timeout=SECONDS / 3, context=tls
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, here, timeout=SECONDS / 3)
    # Its timeout is for each piece that comes: a server that sends a letter a second would hold us for ever.
    late = threading.Timer(SECONDS, _shut, (connection,))
    late.daemon = True
    late.start()
    try:
        if server.scheme == "smtp":
            connection.starttls(context=tls)
        if server.user:
            connection.login(server.user, server.password)
        yield connection
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.quit()  # it has the mail: how it says goodbye changes nothing
    finally:
        late.cancel()
        connection.close()


def _shut(connection: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def _message(sender: str, mail: Mail) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, mail.to, mail.subject
    made["Date"] = formatdate()
    made["Message-ID"] = f"<{mail.mail_id}@{sender.rpartition('@')[2]}>"
    # No machine that says somebody is away should answer.
    made["Auto-Submitted"] = "auto-generated"
    if mail.urgent:
        made["Importance"] = "high"
    made.set_content(mail.body)
    if mail.attachment is not None:
        name, media_type, content = mail.attachment
        main, _, sub = media_type.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made
