"""A bad network between one phone and the server: it forwards, and loses, cuts, repeats and delays as its dice say.

Replies are dropped after the server did its work, requests and replies end in the middle (the connection breaks, or a
proxy on the way calls half a body whole), the same bytes arrive twice at once, or again later, among other requests;
some arrive only after their phone gave up and sent them anew. A seed brings back what happens to a phone's first
request, its second, and so on; how the phones' requests meet at the server is up to the machine.
"""

from __future__ import annotations

import contextlib
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

ON_THE_WAY: Mapping[str, float] = {
    "lost": 0.03,
    "held back": 0.07,
    "cut": 0.07,
    "sent twice": 0.07,
    "sent again later": 0.10,
}
"""Shares of requests; the others arrive as they were sent. Who is held back hears nothing, but it arrives later."""
ON_THE_WAY_BACK: Mapping[str, float] = {"reply dropped": 0.30, "reply cut": 0.08}
"""Shares of the replies that the server gave."""
LATEST = 12
"""So many requests later, at most, comes what comes later."""
LONGEST_DELAY = 0.005
"""Seconds that anything is on its way, at most; phones give up by the connection's end, never by waiting."""
SECONDS_FOR_A_REPLY = 120

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?i)(?<=\r\ncontent-length: )[0-9]+")


class BadNetwork:
    """One phone's way to a server on this machine; phones connect to `port`. A context: it hangs up at the end."""

    def __init__(self, server_port: int, dice: random.Random) -> None:
        self.happened: Counter[str] = Counter()
        self.is_calm = False
        """Nothing happens on the way any more."""
        self.failed: Exception | None = None
        self._server_port, self._dice = server_port, dice
        self._to_come: list[tuple[int, bytes]] = []
        """Requests that come later, and the number of the request with which they do."""
        self._coming: list[Future[None]] = []
        self._meanwhile = ThreadPoolExecutor(4)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._ending = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> BadNetwork:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ending = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listening.close()
        self._meanwhile.shutdown()

    def let_come(self, share: float = 1.0) -> None:
        """Let what is still to come arrive, or a share of it, in any order, and wait until it did."""
        self._dice.shuffle(self._to_come)
        now = round(len(self._to_come) * share)
        coming, self._to_come = self._to_come[:now], self._to_come[now:]
        for _, request in coming:
            self._deliver(request)
        while self._coming:
            self._coming.pop().result()

    def _listen(self) -> None:
        while True:
            phone, _ = self._listening.accept()
            with phone:
                if self._ending:
                    return
                try:
                    self._carry(phone)
                except OSError:  # the phone or the server hung up: that is what networks are like
                    self.happened["broken"] += 1
                except Exception as fault:
                    self.failed = fault

    def _carry(self, phone: socket.socket) -> None:
        request = _read_request(phone)
        self.happened["requests"] += 1
        if self.is_calm:
            phone.sendall(self._ask(request))
            return
        self._let_come_what_is_due()
        time.sleep(self._dice.random() * LONGEST_DELAY)
        reply = self._send(request, self._draw(ON_THE_WAY))
        if reply is None:
            self._hang_up(phone)
            return
        self.happened["replies"] += 1
        match self._draw(ON_THE_WAY_BACK):
            case "reply dropped":
                self._hang_up(phone)
            case "reply cut":
                phone.sendall(self._cut(reply))
                self._hang_up(phone)
            case _:
                phone.sendall(reply)

    def _send(self, request: bytes, what_happens: str | None) -> bytes | None:
        """The server's reply, if there is one that may reach the phone."""
        match what_happens:
            case "lost":
                return None
            case "held back":
                self._comes_later(request)
                return None
            case "cut":
                return self._ask(self._cut(request), whole=False) or None
            case "sent twice":
                other = self._meanwhile.submit(self._ask, request)
                replies = [self._ask(request), other.result()]
                return self._dice.choice(replies)
            case "sent again later":
                self._comes_later(request)
        return self._ask(request)

    def _ask(self, request: bytes, *, whole: bool = True) -> bytes:
        with socket.create_connection(("127.0.0.1", self._server_port), SECONDS_FOR_A_REPLY) as server:
            server.sendall(request)
            if not whole:
                server.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: server.recv(65_536), b""))

    def _cut(self, message: bytes) -> bytes:
        """It ends anywhere; of what has a body, every second says that this was all of it."""
        head, _, body = message.partition(_END_OF_HEAD)
        if not body or self._dice.random() < 0.5:
            return message[: self._dice.randrange(1, len(message))]
        body = body[: self._dice.randrange(len(body))]
        return _LENGTH.sub(str(len(body)).encode(), head) + _END_OF_HEAD + body

    def _draw(self, shares: Mapping[str, float]) -> str | None:
        drawn = self._dice.random()
        for what, share in shares.items():
            drawn -= share
            if drawn < 0:
                self.happened[what] += 1
                return what
        return None

    def _hang_up(self, phone: socket.socket) -> None:
        """As if it had been closed, or torn off."""
        if self._dice.random() < 0.5:
            phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _comes_later(self, request: bytes) -> None:
        self._to_come.append((self.happened["requests"] + self._dice.randint(1, LATEST), request))

    def _let_come_what_is_due(self) -> None:
        due = [request for at, request in self._to_come if at <= self.happened["requests"]]
        self._to_come = [later for later in self._to_come if later[0] > self.happened["requests"]]
        for request in due:
            self._deliver(request)

    def _deliver(self, request: bytes) -> None:
        """Beside whatever else is sent; nobody hears the reply."""
        self.happened["arrived later"] += 1

        def deliver() -> None:
            with contextlib.suppress(OSError):
                self._ask(request)

        self._coming.append(self._meanwhile.submit(deliver))


def _read_request(phone: socket.socket) -> bytes:
    """A whole request, which asks the server to end the connection after it. Raises OSError when it breaks off."""
    read = b""
    while (end := read.find(_END_OF_HEAD)) < 0 or len(read) < end + len(_END_OF_HEAD) + _length(read[:end]):
        more = phone.recv(65_536)
        if not more:
            raise ConnectionResetError
        read += more
    return read.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    return int(found[0]) if found else 0
