"""The phone as one object: what an app's screens call. Keeping needs no network; `sync` does the rest."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from van_app import rescue
from van_app.checking import CannotKeep
from van_app.clock import Clock, phone_clock
from van_app.keeping import Keeping
from van_app.kept import ACKNOWLEDGED, DEAD, FORGOTTEN, URGENT, WAITING, WITH_OFFICE, Kept
from van_app.queue import Queue
from van_app.report import Report
from van_app.syncing import sync
from van_app.wire import Server, Transport, over_http


@dataclass(frozen=True, slots=True)
class Status:
    waiting: int
    urgent: int
    """Of those waiting, notes about a child's safety that nobody has seen yet."""
    oldest: dt.datetime | None
    dead: int
    with_office: int
    """Sent after this phone had left: they count once the office lets them in."""
    acknowledged: int
    """The server has them; not forgotten yet, because no backup is known to have them."""
    holder: str | None
    server: str | None
    visit: str | None
    skew_seconds: float | None
    """Server clock minus this one."""
    clock_suspect: bool
    epoch: str | None
    last_sync: str | None
    problem: str | None


def not_paired() -> CannotKeep:
    return CannotKeep(
        "まだ pair していません。事務所でコードをもらい、pair アドレス としてください。",
        "Pair this phone first: get a code from the office, then pair ADDRESS.",
    )


class Phone(Keeping):
    """A phone with its queue in `path`. One for each thread; several, in other processes too, may share a queue.

    `transport`, `clock` and `dice` are given by tests, and by apps that have better ones.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        transport: Transport | None = None,
        clock: Clock = phone_clock,
        dice: random.Random | None = None,
        language: str | None = None,
    ) -> None:
        super().__init__(Queue(Path(path)), clock)
        self._transport = transport
        self._dice = dice or random.SystemRandom()
        self._language = language

    def __enter__(self) -> Phone:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Close the file. Nothing is lost without it."""
        self.queue.close()

    @property
    def language(self) -> str:
        return self._language or str(self.queue.get("language", "ja"))

    def redeem(self, url: str, code: str) -> dict[str, Any]:
        """Come in with the code that the office shows: ten characters, or what stands after the # of its QR code.

        The answer may be lost: asked again with the same code, the server gives another token, because the key that
        this phone made for it is the same. Raises what `pair` raises.
        """
        asked = self.queue.get("redeeming") or {}
        if asked.get("code") != code:
            asked = {"code": code, "key": str(uuid.uuid4())}
            with self.queue.writing():
                self.queue.set(redeeming=asked)
        transport = self._transport or over_http(url)
        body = json.dumps({"code": code}).encode()
        given = Server(transport, "", self.language).post("/v1/pairings/redeem", body, key=asked["key"])
        me = self.pair(url, str(given["token"]))
        with self.queue.writing():
            self.queue.set(redeeming=None)
        return me

    def pair(self, url: str, token: str) -> dict[str, Any]:
        """Make this the phone that a token is for: what GET /v1/me answers.

        Raises BadAddress, CannotKeep, and what a request raises (see wire).
        """
        transport = self._transport or over_http(url)
        me = Server(transport, token, self.language).get("/v1/me")
        if me.get("role") != "crew":
            raise CannotKeep(
                "車の端末のトークンではありません。事務所に頼んでください。",
                "This is no token of a crew's phone; ask the office for one.",
            )
        if self.queue.get("van_id") not in (None, me["van_id"]) and self.queue.count("state <> ?", FORGOTTEN):
            raise CannotKeep(
                "ほかの車両の記録が残っています。先に送るか、export で書き出して別の queue を使ってください。",
                "This queue still holds another van's work: sync it, or export it and use another queue.",
            )
        with self.queue.writing():
            self.queue.set(
                url=url.rstrip("/"),
                token=token,
                holder_id=me["holder_id"],
                holder=me["label"],
                van_id=me["van_id"],
                token_since=None,
                token_until=me.get("expires_at"),
                language=self.language,
            )
        return me

    def sync(self, *, transport: Transport | None = None, at_once: bool = False) -> Report:
        """Send, fetch, prove, forget. A bad network is no exception: the report says what happened and when to come
        again. `at_once`: also what waits for its time. Raises AlreadySyncing, and CannotKeep before it was paired."""
        url, token = self.queue.get("url"), self.queue.get("token")
        if url is None or token is None:
            raise not_paired()
        server = Server(transport or self._transport or over_http(url), token, self.language)
        return sync(self.queue, server, clock=self._clock, dice=self._dice, at_once=at_once)

    def status(self) -> Status:
        waiting = self.queue.find("state = ?", WAITING)
        return Status(
            waiting=len(waiting),
            urgent=sum(one.turn == URGENT for one in waiting),
            oldest=min((one.kept.wall for one in waiting), default=None),
            dead=self.queue.count("state = ?", DEAD),
            with_office=self.queue.count("state = ?", WITH_OFFICE),
            acknowledged=self.queue.count("state = ?", ACKNOWLEDGED),
            holder=self.queue.get("holder"),
            server=self.queue.get("url"),
            visit=self.queue.get("visit_id"),
            skew_seconds=self.queue.get("skew_seconds"),
            clock_suspect=bool(self.queue.get("clock_suspect")),
            epoch=self.queue.get("epoch"),
            last_sync=self.queue.get("last_sync"),
            problem=self.queue.get("problem"),
        )

    def dead(self) -> list[Kept]:
        """Dead letters, each with the server's answer."""
        return self.queue.find("state = ?", DEAD)

    def again(self, op_id: str) -> Kept:
        """Send a dead letter once more, as it is, under its id: what it stood on is there now. Raises CannotKeep."""
        with self.queue.writing():
            one = self._dead(op_id)
            self.queue.put_back("op_id = ?", one.op_id)
        return one

    def drop(self, op_id: str) -> Kept:
        """Let a dead letter go: somebody has dealt with it. Raises CannotKeep."""
        with self.queue.writing():
            one = self._dead(op_id)
            self.queue.forget([one.op_id])
        return one

    def export(self, file: Path | str) -> int:
        """Write all that is not forgotten into a new file. How many operations. Raises FileExistsError."""
        return rescue.export(self.queue, Path(file), self._clock())

    def take_in(self, file: Path | str) -> rescue.TakenIn:
        """Take in another phone's file. Raises NoQueueFile."""
        return rescue.take_in(self.queue, Path(file))

    def _dead(self, op_id: str) -> Kept:
        """The dead letter whose id begins so."""
        like = [one for one in self.queue.find("1") if op_id and one.op_id.startswith(op_id.lower())]
        found = [one for one in like if one.state == DEAD]
        if len(found) == 1:
            return found[0]
        if found:
            raise CannotKeep(
                f"{op_id} で始まる記録が{len(found)}件あります。番号をもっと長く書いてください。",
                f"{len(found)} dead letters begin with {op_id}: write more of the id.",
            )
        if len(like) == 1 and like[0].state == WAITING:
            raise CannotKeep("もう送信待ちです。次の sync で送ります。", "It waits already; sync sends it.")
        if len(like) == 1:
            raise CannotKeep("もう届いています。何もしなくて大丈夫です。", "It has arrived; nothing to do.")
        raise CannotKeep(
            f"受け付けられなかった記録に {op_id} はありません。番号は dead で見られます。",
            f"No dead letter begins with {op_id}: see dead.",
        )
