"""/v1/sync: push, pull, digest, and the dead-letter list."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any, NamedTuple

from flask import Response, jsonify

from outreach_api.access.acting import who_acts
from outreach_api.kernel.clock import parse_instant
from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.kernel.log_lines import tell
from outreach_api.kernel.week import local_day
from outreach_api.ledger import audit, counter, epochs
from outreach_api.storage.ledger import Rejection
from outreach_api.sync import operations, quarantine, reads
from outreach_api.sync.feed import FEEDS
from outreach_api.sync.phone_rules import mark_of, phone_rules
from outreach_api.sync.pull import page_after, scope_of
from outreach_api.sync.push import all_typed_in, push
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.cursor import BadCursor, read_cursor, write_cursor
from outreach_api.web.listing import page
from outreach_api.web.packing import packed
from outreach_api.web.problems import Refused, language
from outreach_api.web.resource import Change, Resource, actor, session, work
from outreach_api.web.services import services
from schemas import rejections as rejections_wire
from schemas import sync as wire
from schemas.base import MOST_FAULTS, page_of
from schemas.vocabulary import Role

log = logging.getLogger(__name__)
blp = Blueprint("sync", __name__, url_prefix="/v1/sync", description="同期 · the van comes back online")

DEVICES = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})
_PLACE = "sync/pull"
DIGEST_DAYS = 60
MOST_DIGEST_DAYS = 400


@blp.after_request
def pack(response: Response) -> Response:
    """A bad network is what this is for: answers are packed for whoever asks."""
    return packed(response)


@blp.route("/push")
class Push(Resource):
    @blp.takes(wire.PushIn, wire.PushOut, DEVICES, name="push", leaving=True)
    def post(self, body: Any) -> Any:
        """Send what was kept: at most 500 operations, each answered for itself.

        Repeat only those whose result is `retry`; the others have ended.
        """
        items, sent_at = _envelope(body)
        here = services()
        typed = all_typed_in(items, sent_at, here.now())
        # Before the push's own transaction: guesses are counted whatever becomes of it.
        acting = who_acts(here.database, here.keyring, actor(), typed, here.now())
        answer = push(
            work(),
            items,
            sent_at,
            kinds=here.kinds,
            hash_key=here.hash_key,
            language=language(),
            acting=acting,
        )
        return jsonify(answer)


@blp.route("/pull")
class Pull(Resource):
    @blp.reads(wire.PullOut, DEVICES, name="pull", query=wire.PullQuery, errors=[410])
    def get(self, query: dict[str, Any]) -> Any:
        """What changed for this device since its cursor; without one, everything it needs."""
        here = services()
        after = _after(query["cursor"])
        found = page_after(session(), actor(), after.change_no, query["limit"], FEEDS)
        if after.epoch is not None and after.epoch != str(found.epoch):
            return Refusal("resync_needed", 410)
        if after.epoch is not None and after.change_no > found.last:
            _begin_epoch(after.change_no, after.epoch, found.last)
            return Refusal("resync_needed", 410)
        rules = phone_rules(here.settings, here.keyring, language())
        mark = mark_of(rules)
        place = [found.change_no, str(found.epoch), scope_of(actor()), mark]
        return {
            "server_time": here.now(),
            "epoch": found.epoch,
            "items": found.items,
            "cursor": write_cursor(here.cursor_key, _PLACE, place),
            "more": found.more,
            "rules": None if mark == after.rules else rules,
        }


@blp.route("/digest")
class Digest(Resource):
    @blp.reads(wire.DigestOut, DEVICES, name="digest", query=wire.DigestQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """What the server holds from this device, by kind, day and result, and up to where a backup covers it.

        A phone that holds the same operations finds the same count and hash, and may forget what is backed up too.
        """
        now = services().now()
        to_day = query["to_day"] or local_day(now) + dt.timedelta(days=1)
        from_day = query["from_day"] or to_day - dt.timedelta(days=DIGEST_DAYS)
        fault = None
        if from_day > to_day:
            fault = Problem("?to_day", "wrong_order")
        elif (to_day - from_day).days > MOST_DIGEST_DAYS:
            fault = Problem("?to_day", "too_many_days", {"most": MOST_DIGEST_DAYS})
        if fault is not None:
            return Refusal("invalid", 422, {}, (fault,))
        _, epoch = counter.current(session())
        return {
            "server_time": now,
            "epoch": epoch,
            "from_day": from_day,
            "to_day": to_day,
            "groups": reads.held(session(), actor(), from_day, to_day),
            "backed_up": reads.backed_up(session()),
        }


@blp.route("/rejections")
class Rejections(Resource):
    @blp.reads(
        page_of(rejections_wire.RejectionOut),
        operations.SETTLERS,
        name="findRejections",
        query=rejections_wire.RejectionQuery,
    )
    def get(self, query: dict[str, Any]) -> Any:
        """The dead-letter list, newest first: what pushes brought and could not be taken in."""
        select = reads.in_scope(actor())
        for name in ("state", "van_id"):
            if query[name] is not None:
                select = select.where(getattr(Rejection, name) == query[name])
        return page(
            select,
            query,
            [Rejection.received_at, Rejection.id],
            lambda rows: reads.rejection_views(session(), rows, language()),
            descending=True,
        )


@blp.route("/rejections/<uuid:rejection_id>")
class OneRejection(Resource):
    @blp.reads(rejections_wire.RejectionOut, operations.SETTLERS, name="getRejection")
    def get(self, rejection_id: uuid.UUID) -> Any:
        """Kind, time and code of one; its content is opened by safeguarding alone."""
        return reads.rejection(session(), actor(), rejection_id, language())


@blp.route("/rejections/<uuid:rejection_id>/content")
class RejectionContent(Resource):
    @blp.reads(
        rejections_wire.RejectionContentOut,
        {Role.SAFEGUARDING},
        name=reads.ACTION,
        query=rejections_wire.ContentQuery,
        audited=True,
        opens_text=True,
        errors=[410],
    )
    def get(self, query: dict[str, Any], rejection_id: uuid.UUID) -> Any:
        """Open what was sent. Every attempt is recorded with its purpose before anything is shown."""
        here = work()
        return reads.content(
            here.session,
            here.actor,
            rejection_id,
            purpose=query["purpose"],
            now=here.now,
            keyring=here.keyring,
        )


@blp.route("/rejections/<uuid:rejection_id>/settle")
class RejectionSettlement(Resource):
    @blp.changes(operations.SETTLE_REJECTION, rejections_wire.RejectionOut, status=200)
    def post(self, change: Change, rejection_id: uuid.UUID) -> Any:
        """Say what became of it. The phone then hears that it need not send it any more."""
        return change.of(rejection_id).perform(
            lambda session, actor, found: reads.rejection(session, actor, found, language())
        )


@blp.route("/quarantine/<uuid:holder_id>/accept")
class Acceptance(Resource):
    @blp.takes(wire.AcceptIn, wire.AcceptedOut, operations.SETTLERS, name="acceptQuarantine", errors=[404])
    def post(self, body: Any, holder_id: uuid.UUID) -> Any:
        """Let in what came from a phone after it had left: as that phone's, at most 500 at a time.

        What still can't be taken in stays in the dead-letter list, with its own code.
        """
        if body:
            raise Refused(Refusal("invalid", 422, {}, (Problem("", "unknown_key"),)))
        here = services()
        answer = quarantine.accept(
            work(), holder_id, kinds=here.kinds, hash_key=here.hash_key, language=language()
        )
        if isinstance(answer, Refusal):
            raise Refused(answer)
        return jsonify(answer)


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


def _begin_epoch(change_no: int, epoch: str, last: int) -> None:
    """We signed a change number that the database has not come to: it was put back, and nobody began an epoch.

    It begins here, and the log and the audit say so. A new one makes phones send again, which harms nothing; with
    the old one they would keep to themselves what the database lost.
    """
    here = services()
    session().rollback()  # a reader would keep a writer from committing where SQLite has no write-ahead log
    with here.database.write() as own:
        if epochs.went_back(own, change_no, epoch):
            said = f"a cursor stands at {change_no}, the counter at {last}"
            tell(log, logging.ERROR, "database_went_back")
            audit.record(
                own,
                actor(),
                here.now(),
                action="beginEpoch",
                entity_kind="database",
                entity_id=None,
                purpose=said,
            )


class _After(NamedTuple):
    """Where a cursor stands, and which rules came with it."""

    change_no: int = 0
    epoch: str | None = None
    rules: str | None = None


def _after(cursor: str | None) -> _After:
    if cursor is None:
        return _After()
    try:
        # Cursors from before there were rules have one value less.
        change_no, epoch, scope, *rules = read_cursor(services().cursor_key, _PLACE, cursor)
    except BadCursor:
        raise Refused(Refusal("invalid", 422, {}, (Problem("?cursor", "cursor_invalid"),))) from None
    if scope != scope_of(actor()):
        raise Refused(Refusal("resync_needed", 410))
    return _After(change_no, epoch, rules[0] if rules else None)
