"""A resource: who asks is settled first, then the body is read, then one transaction holds the whole request."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor, Kind, Operation, Work
from outreach_api.ledger.outcomes import Outcome
from outreach_api.ledger.perform import perform, read
from outreach_api.web.bodies import read_body
from outreach_api.web.declared import Declared, declared_of
from outreach_api.web.json_body import NotJson, not_json, read_json
from outreach_api.web.limits import Limit, TooOften, address, try_once
from outreach_api.web.problems import Refused, language, problem_lines
from outreach_api.web.services import services
from schemas.base import MOST_FAULTS
from schemas.fields import UUID_FORM

_REFUSED_TOKENS = Limit("token", 60, dt.timedelta(minutes=10))
# Bytes without a token, a code with room to spare: of eight megabytes that came packed in seven kilobytes, reading
# the JSON alone takes seconds.
_MOST_FROM_ANYBODY = 4_096
REPLAYED = {"Idempotency-Replayed": "true"}
View = Callable[[Session, Actor, uuid.UUID], Any]
# Ours is "v3-<hash>". A compressing proxy makes it weak or adds to it: W/"…", "…-gzip", "…;gzip", "…"-gzip.
_ENTITY_TAG = re.compile(r'(?:W/)?"?v?(?P<version>[0-9]{1,18})(?:"?[-;][0-9A-Za-z;-]*)?"?', re.ASCII)


class Resource(MethodView):
    """Base of all resources. Every method must have been declared by blp.changes, blp.reads or blp.open."""

    def dispatch_request(self, **path: Any) -> ResponseReturnValue:
        method = getattr(self, request.method.lower(), None)
        if method is None and request.method == "HEAD":
            method = getattr(self, "get", None)
        if method is None:
            return super().dispatch_request(**path)
        declared = declared_of(method)
        if declared.roles is not None:
            g.actor = _actor()
            if g.actor.role not in declared.roles:
                if declared.audited_as is not None:
                    _record_denied(declared.audited_as, path, "forbidden")
                raise Refused(Refusal("forbidden", 403))
            if g.actor.only is not None and g.actor.only != declared.page:
                raise Refused(Refusal("forbidden", 403))
            if g.actor.leaving and not declared.leaving:
                raise Refused(Refusal("leaving", 403))
            g.actor = _with_who_acts(g.actor)
            if request.args and not declared.query:
                # A misspelt or misplaced wish (?dry_run=true) must not look as if it had been granted.
                faults = tuple(Problem(f"?{name}", "unknown_key") for name in request.args)
                raise Refused(Refusal("invalid", 422, {}, faults[:MOST_FAULTS]))
            if declared.opens_text:
                _read_on(declared, path)
        if declared.body:
            g.body = _body(declared)
        with _unit_of_work(declared):
            return super().dispatch_request(**path)


@contextlib.contextmanager
def _unit_of_work(declared: Declared) -> Iterator[None]:
    """One transaction; a refusal commits (its receipt stays), any other error rolls back."""
    here = services()
    database = here.published if declared.published else here.database
    ended: Refused | None = None
    with database.write() if declared.writes else database.read() as session:
        g.session = session
        try:
            yield
        except Refused as refused:
            ended = refused
        finally:
            g.pop("session", None)
    if ended is not None:
        raise ended


def _read_on(declared: Declared, path: dict[str, Any]) -> None:
    """One more text that this holder opens: whoever reads them all with a stolen token is slowed down and seen."""
    most = services().settings.texts_per_hour
    try:
        try_once(Limit("text", most, dt.timedelta(hours=1)), g.actor.holder_id.bytes)
    except TooOften as refused:
        if refused.is_first and declared.audited_as is not None:
            _record_denied(declared.audited_as, path, refused.refusal.code)
        raise


def _record_denied(action: str, path: dict[str, Any], why: str) -> None:
    """An attempt that was refused before what the path names was looked up."""
    name, entity_id = next(iter(path.items()), ("", None))
    here = services()
    with here.database.write() as own:
        audit.record(
            own,
            g.actor,
            here.now(),
            action=action,
            entity_kind=name.removesuffix("_id"),
            entity_id=entity_id,
            outcome=f"denied: {why}",
        )


def _actor() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer" and token:
        here = services()
        found = here.find_actor(
            here.database, here.keyring, token.strip(), here.now(), here.settings.token_idle_days
        )
    if found is None:
        if token:
            # Only of tokens that are none: phones behind one carrier's address must never lock each other out.
            try_once(_REFUSED_TOKENS, address())
        raise Refused(Refusal("unauthorized", 401))
    return found


def _with_who_acts(actor: Actor) -> Actor:
    """On a shared phone the PIN of the shift says who it is; a wrong one is told at once, while they hold it."""
    pin = request.headers.get("Shift-Pin")
    if pin is None:
        return actor
    here = services()
    person_id = here.find_acting(here.database, here.keyring, actor, pin.strip(), here.now())
    if person_id is None:
        raise Refused(Refusal("pin_unknown", 403))
    return replace(actor, acting_id=person_id)


def _body(declared: Declared) -> Any:
    here = services()
    most_unpacked = here.settings.max_unpacked_bytes
    if declared.roles is None:
        request.max_content_length = most_unpacked = _MOST_FROM_ANYBODY
    with here.uploads.one_more():
        raw = read_body(request, most_unpacked=most_unpacked)
    if not raw:
        if declared.body_optional:
            return {}
        raise Refused(Refusal("body_missing", 400))
    if not request.is_json:
        raise Refused(Refusal("media_type", 415), {"Accept": "application/json"})
    try:
        return read_json(raw)
    except NotJson as fault:
        raise Refused(not_json(fault)) from None


def session() -> Session:
    found: Session = g.session
    return found


def actor() -> Actor:
    found: Actor = g.actor
    return found


def work() -> Work:
    """What writes may use, for this request."""
    here = services()
    return Work(session(), actor(), here.now(), here.settings, here.keyring)


class Change:
    """The change that a request asks for: the declared kind, its key, its base version and its body."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._key = idempotency_key()
        self._entity = self._key
        self._payload = g.body

    def of(self, entity_id: uuid.UUID) -> Change:
        """Say what is changed. Without it, the new thing's id is the Idempotency-Key."""
        self._entity = entity_id
        return self

    def within(self, **owner: uuid.UUID | str) -> Change:
        """Put the path's owner (visit_id=…) or week into the payload, where a pushed operation has it."""
        if isinstance(self._payload, dict):
            from_path = {name: str(value) for name, value in owner.items()}
            twice = sorted(from_path.keys() & self._payload.keys())
            if twice:
                faults = tuple(Problem(f"/{name}", "unknown_key") for name in twice)
                raise Refused(Refusal("invalid", 422, {}, faults))
            self._payload = {**self._payload, **from_path}
        return self

    def id_in(self, name: str) -> uuid.UUID | None:
        """The id in a field of the body, if there is one; its faults are the contract's business."""
        value = self._payload.get(name) if isinstance(self._payload, dict) else None
        try:
            return uuid.UUID(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def text_in(self, name: str) -> str:
        """A text field of the body; what else stands there is the contract's business."""
        value = self._payload.get(name) if isinstance(self._payload, dict) else None
        return value if isinstance(value, str) else ""

    def perform(self, view: View) -> Any:
        """Perform it and answer with what the view reads. Raises Refused."""
        operation = Operation(
            op_id=self._key,
            kind=self.kind.name,
            v=_payload_version(),
            entity_id=self._entity,
            payload=self._payload,
            base_version=_base_version() if self.kind.needs_base else None,
            acting_id=actor().acting_id,
        )
        outcome = perform_one(operation)
        shown = view(session(), actor(), outcome.entity_id or self._entity)
        if isinstance(shown, Refusal):
            raise Refused(shown)
        if isinstance(shown, dict):
            warnings = tuple(Problem(w.path, w.code, w.params) for w in outcome.warnings)
            shown["warnings"] = problem_lines(warnings, language())
        g.outcome = outcome
        return shown


def perform_one(operation: Operation) -> Outcome:
    """Perform one operation in this request's transaction. Raises Refused when it does not stand."""
    here = services()
    ready = read([operation], actor=actor(), kinds=here.kinds, hash_key=here.hash_key)
    outcome = perform(work(), ready)[0]
    if outcome.refusal is not None:
        raise Refused(outcome.refusal, REPLAYED if outcome.original is not None else None)
    return outcome


def idempotency_key() -> uuid.UUID:
    given = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not UUID_FORM.fullmatch(given):
        raise Refused(Refusal("idempotency_key_required", 400))
    return uuid.UUID(given)


def _payload_version() -> int:
    """What the client says its body is a version of; as in a push, the first one if it says nothing."""
    given = request.headers.get("Payload-Version", "1").strip()
    if not re.fullmatch(r"[1-9][0-9]{0,2}|1000", given, re.ASCII):
        raise Refused(Refusal("payload_version_malformed", 400))
    return int(given)


def _base_version() -> int | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    tag = _ENTITY_TAG.fullmatch(given.strip())
    if tag is None:
        raise Refused(Refusal("if_match_malformed", 400))
    return int(tag["version"])
