"""/v1/sync: push and pull."""

from __future__ import annotations

import uuid
from typing import Any

from flask import jsonify

from outreach_api.kernel.clock import parse_instant
from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.sync.feed import FEEDS
from outreach_api.sync.pull import page_after, scope_of
from outreach_api.sync.push import push
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.cursor import BadCursor, read_cursor, write_cursor
from outreach_api.web.problems import Refused, language
from outreach_api.web.resource import Resource, actor, session, work
from outreach_api.web.services import services
from schemas import sync as wire
from schemas.base import MOST_FAULTS
from schemas.vocabulary import Role

blp = Blueprint("sync", __name__, url_prefix="/v1/sync", description="同期 · the van comes back online")

DEVICES = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})
_PLACE = "sync/pull"


@blp.route("/push")
class Push(Resource):
    @blp.takes(wire.PushIn, wire.PushOut, DEVICES, name="push")
    def post(self, body: Any) -> Any:
        """Send what was kept: at most 500 operations, each answered for itself.

        Repeat only those whose result is `retry`; the others have ended.
        """
        items, sent_at = _envelope(body)
        here = services()
        return jsonify(
            push(work(), items, sent_at, kinds=here.kinds, hash_key=here.hash_key, language=language())
        )


@blp.route("/pull")
class Pull(Resource):
    @blp.reads(wire.PullOut, DEVICES, name="pull", query=wire.PullQuery, errors=[410])
    def get(self, query: dict[str, Any]) -> Any:
        """What changed for this device since its cursor; without one, everything it needs."""
        after, epoch = _after(query["cursor"])
        found = page_after(session(), actor(), after, query["limit"], FEEDS)
        if epoch is not None and epoch != found.epoch:
            return Refusal("resync_needed", 410)
        cursor = write_cursor(
            services().cursor_key, _PLACE, [found.change_no, str(found.epoch), scope_of(actor())]
        )
        return {
            "server_time": services().now(),
            "epoch": found.epoch,
            "items": found.items,
            "cursor": cursor,
            "more": found.more,
        }


def _envelope(body: Any) -> tuple[list[Any], Any]:
    """The operations, still as sent, and the phone's time. Raises Refused when nothing of it can be read."""
    problems: list[Problem] = []
    if not isinstance(body, dict):
        raise Refused(Refusal("invalid", 422, {}, (Problem("", "not_object"),)))
    known = ("sent_at", "operations")
    problems += [Problem(f"/{key[:100]}", "unknown_key") for key in body if key not in known]
    sent_at, items = None, body.get("operations")
    try:
        sent_at = parse_instant(body["sent_at"] if isinstance(body.get("sent_at"), str) else "")
    except KernelError:
        problems.append(Problem("/sent_at", "not_instant" if "sent_at" in body else "required"))
    if not isinstance(items, list):
        problems.append(Problem("/operations", "not_list" if "operations" in body else "required"))
    elif len(items) > wire.MOST_OPERATIONS:
        problems.append(Problem("/operations", "too_many", {"most": wire.MOST_OPERATIONS}))
    if problems or not isinstance(items, list):
        raise Refused(Refusal("invalid", 422, {}, tuple(problems[:MOST_FAULTS])))
    return items, sent_at


def _after(cursor: str | None) -> tuple[int, uuid.UUID | None]:
    if cursor is None:
        return 0, None
    try:
        after, epoch, scope = read_cursor(services().cursor_key, _PLACE, cursor)
    except BadCursor:
        raise Refused(Refusal("invalid", 422, {}, (Problem("?cursor", "cursor_invalid"),))) from None
    if scope != scope_of(actor()):
        raise Refused(Refusal("resync_needed", 410))
    return after, uuid.UUID(epoch)
