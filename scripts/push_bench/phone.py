"""What phones send: sales alone, or what a visit really brings; and a connection that is kept alive."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable
from typing import Any

import orjson

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_fact_id, new_id
from push_bench.world import CHEAPEST_YEN, ITEMS, World
from schemas.vocabulary import Band, Depth, Familiarity, Payment, Stage

# Of twenty things that happen at a visit so many are receipts, taps of the counter, stamp cards, notes.
SALES, TAPS, STAMPS, NOTES = 12, 5, 2, 1
OF = SALES + TAPS + STAMPS + NOTES
_PAYMENTS = (Payment.CASH, Payment.CASH, Payment.PAYPAY)
_CARD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

Operation = dict[str, Any]


class Phone:
    """Makes operations for a world's visit; two phones with one seed sell and count the same under other ids."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._dice = random.Random(seed)  # noqa: S311
        self._visit = str(world.visit)

    def push(self, count: int, make: Callable[[], Operation]) -> bytes:
        operations = [make() for _ in range(count)]
        return orjson.dumps({"sent_at": _now(), "operations": operations})

    def any_size(self, fewest: int, most: int) -> bytes:
        """A push of mixed operations, as many as the dice say."""
        return self.push(self._dice.randint(fewest, most), self.mixed)

    def sale(self) -> Operation:
        """One receipt of two lines."""
        dice = self._dice
        lines = [
            {
                "item_id": str(self._world.items[n]),
                "quantity": dice.randint(1, 3),
                "unit_price_yen": CHEAPEST_YEN + n,
            }
            for n in dice.sample(range(ITEMS), 2)
        ]
        return self._operation("sale.record", payment=dice.choice(_PAYMENTS), lines=lines)

    def mixed(self) -> Operation:
        dice = self._dice
        drawn = dice.randrange(OF)
        if drawn < SALES:
            return self.sale()
        if drawn < SALES + TAPS:
            return self._operation("head_count.add", counts={dice.choice(list(Band)).value: 1})
        if drawn < SALES + TAPS + STAMPS:
            return self._operation("stamp.mark", card="".join(dice.choices(_CARD, k=6)))
        note = self._operation(
            "note.write",
            familiarity=Familiarity.NEW,
            depth=Depth.LISTENING,
            stages=[Stage.INFANT],
            topics=["childcare"],
            info_given=["leaflet"],
            text="夜泣きで眠れないとのこと。次の日程を渡した。",
        )
        return note | {"entity_id": str(new_id())}  # a note's id must not tell when somebody spoke

    def _operation(self, kind: str, **payload: Any) -> Operation:
        return {
            "op_id": str(new_fact_id()),
            "kind": kind,
            "v": 1,
            "entity_id": str(new_fact_id()),
            "occurred_at": _now(),
            "payload": {"visit_id": self._visit, **payload},
        }


def _now() -> str:
    return utc_now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Line:
    """A phone's line to a server, kept alive between pushes."""

    def __init__(self, port: int, token: str) -> None:
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._connection.connect()

    def send(self, body: bytes) -> tuple[float, bytes]:
        """Seconds until the answer was there in full, and the answer."""
        began = time.perf_counter()
        self._connection.request("POST", "/v1/sync/push", body, self._headers)
        answer = self._connection.getresponse().read()
        return time.perf_counter() - began, answer

    def close(self) -> None:
        self._connection.close()


def expect(answer: bytes, result: str, count: int | None = None) -> None:
    """Ends the benchmark when an answer is not this result for each operation: a quick failure is worth nothing."""
    lines = orjson.loads(answer).get("results", ())
    wrong = [line for line in lines if line["result"] != result]
    if wrong or not lines or count not in (None, len(lines)):
        raise SystemExit(f"a push was not {result}: {(wrong or [answer[:400]])[0]!r}")
