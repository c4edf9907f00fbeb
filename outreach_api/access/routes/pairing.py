"""/v1/pairings, /v1/devices, /v1/revocations, /v1/tokens: who may come in, until when."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import Session

from outreach_api.access import operations
from outreach_api.access.reads import devices, pairings
from outreach_api.access.rules.pictures import qr_svg
from outreach_api.access.writes.pairings import give_codes, redeem
from outreach_api.access.writes.tokens import Issued, rotate_token
from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.storage.access import Device
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.limits import Limit, address, try_once
from outreach_api.web.listing import page
from outreach_api.web.openapi import KEY_HEADER
from outreach_api.web.problems import Refused
from outreach_api.web.resource import Change, Resource, actor, idempotency_key, session
from outreach_api.web.services import services
from schemas import pairing as wire
from schemas.base import WireSchema, page_of
from schemas.vocabulary import Role

blp = Blueprint("pairing", __name__, url_prefix="/v1", description="端末の登録と失効 · pairing")

_OFFICE = frozenset({Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})
# Of one address; a carrier's phones share one.
_CODES = Limit("pairing codes", 30, dt.timedelta(minutes=10))


@blp.route("/pairings")
class Pairings(Resource):
    @blp.changes(operations.MAKE_PAIRING, wire.PairingOut)
    def post(self, change: Change) -> Any:
        """Invite a phone: the answer holds a code to type and a QR code, for ten minutes and for one phone."""
        return change.perform(_shown_once)


def _shown_once(open_session: Session, who: Actor, pairing_id: uuid.UUID) -> Any:
    """With new codes, each time: whoever asks again did not see those before."""
    here = services()
    codes = give_codes(open_session, pairing_id, who, here.now())
    shown = pairings.pairing(open_session, pairing_id, here.now())
    if codes is not None and isinstance(shown, dict):
        shown["code"] = codes.typed
        link = link_to("/pair", codes.linked)
        if link is not None:
            shown |= {"link": link, "qr_svg": qr_svg(link)}
    return shown


def link_to(page: str, secret: str) -> str | None:
    """The address of a page of ours, with a secret behind its #, which browsers keep to themselves.

    None without a Host that could be one (werkzeug empties others): nobody knows where to send anybody.
    """
    base = services().settings.public_url or (request.url_root.rstrip("/") if request.host else None)
    return None if base is None else f"{base}{page}#{secret}"


@blp.route("/pairings/<uuid:pairing_id>")
class OnePairing(Resource):
    @blp.reads(wire.PairingOut, operations.MAKE_PAIRING.roles, name="getPairing")
    def get(self, pairing_id: uuid.UUID) -> Any:
        """Whether the phone has come in yet. The codes were shown when they were made."""
        return pairings.pairing(session(), pairing_id, services().now())


@blp.route("/pairings/redeem")
class Redemption(Resource):
    @blp.takes(
        wire.RedeemIn,
        wire.TokenOut,
        None,
        name="redeemPairing",
        status=201,
        parameters=[KEY_HEADER],
    )
    def post(self, body: Any) -> Any:
        """Come in with a code; the answer holds the token. Lost, it may be asked for again with the same key."""
        values = read_values(wire.RedeemIn, body)
        key = idempotency_key()
        here = services()
        try_once(_CODES, address())
        lives = dt.timedelta(days=here.settings.token_days)
        given = redeem(here.database, here.keyring, values["code"], key, here.now(), lives)
        if isinstance(given, Refusal):
            raise Refused(given)
        return shown_token(given)


@blp.route("/tokens/rotate")
class Rotation(Resource):
    @blp.takes(wire.RotateIn, wire.TokenOut, ALL_ROLES, name="rotateToken", status=201)
    def post(self, body: Any) -> Any:
        """A new token for the same holder; the old one ends when the new one is used for the first time."""
        read_values(wire.RotateIn, body)
        who, here = actor(), services()
        if who.token is None:
            raise RuntimeError("a request without a token")
        audit.record(session(), who, here.now(), action="rotate", entity_kind="token", entity_id=None)
        made = rotate_token(session(), here.keyring, who.token, here.now(), here.settings.token_days)
        return shown_token(made)


@blp.route("/devices")
class Devices(Resource):
    @blp.reads(page_of(wire.DeviceOut), _OFFICE, name="findDevices", query=wire.DeviceQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """The crew's phones: which work, when each was last here, and what waits from those that left."""
        select = sa.select(Device)
        if query["van_id"] is not None:
            select = select.where(Device.van_id == query["van_id"])
        return page(
            select,
            query,
            [Device.id],
            lambda rows: devices.device_views(session(), rows, services().now()),
        )


@blp.route("/revocations")
class Revocations(Resource):
    @blp.changes(operations.REVOKE, wire.RevocationOut)
    def post(self, change: Change) -> Any:
        """End a phone, a person or all phones of a van, at once and on every worker."""
        return change.perform(pairings.revocation)


def read_values(contract: type[WireSchema], body: Any) -> dict[str, Any]:
    values, faults = contract.read(body)
    if faults:
        raise Refused(Refusal("invalid", 422, {}, tuple(Problem(f.path, f.code, f.params) for f in faults)))
    return values


def shown_token(made: Issued) -> dict[str, Any]:
    idle_days = services().settings.token_idle_days
    return {"token": made.text, **made._asdict(), "idle_days": idle_days}
