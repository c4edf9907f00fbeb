"""A mail server of the test's own: takes mails, refuses some on request, and keeps what came."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import NamedTuple, cast


class Taken(NamedTuple):
    to: str
    message: EmailMessage

    @property
    def text(self) -> str:
        """Subject and body, decoded."""
        body = self.message.get_body()
        return f"{self.message['Subject']}\n{body.get_content() if body else ''}"


class Mailbox:
    """`taken` are the mails in the order in which they came; `said` is every line that clients sent."""

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        self.port = port
        self.tls = tls
        self.taken: list[Taken] = []
        self.said: list[str] = []
        self.refused: set[str] = set()
        """Addresses that it takes no mail for."""
        self.on_taken: Callable[[], None] = lambda: None
        """Called when it has a mail and has not said so yet."""
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [mail.to for mail in self.taken]


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        to = ""
        self.say("220 mailbox")
        while line := self.rfile.readline().decode().strip():
            with box.lock:
                box.said.append(line)
            word = line.split(":")[0].upper()
            if word.startswith("EHLO"):
                self.say("250-mailbox\r\n250-AUTH PLAIN" + ("\r\n250 STARTTLS" if box.tls else "\r\n250 OK"))
            elif word == "STARTTLS" and box.tls is not None:
                self.say("220 go on")
                try:
                    self.connection = box.tls.wrap_socket(self.request, server_side=True)
                except (ssl.SSLError, OSError):
                    return
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            elif word.startswith("AUTH"):
                self.say("235 welcome")
            elif word == "RCPT TO":
                to = line.split("<")[1].split(">")[0]
                self.say("550 no such person here" if to in box.refused else "250 OK")
            elif word == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                raw = b"".join(line.removeprefix(b".") for line in lines).replace(b"\r\n", b"\n")
                message = email.message_from_bytes(raw, policy=email.policy.default)
                with box.lock:
                    box.taken.append(Taken(to, cast(EmailMessage, message)))
                box.on_taken()
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 goodbye")
                return
            else:
                self.say("250 OK")

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle is what some tests are about."""


@contextmanager
def mailbox(tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        box = Mailbox(cast(int, server.server_address[1]), tls)
        server.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
