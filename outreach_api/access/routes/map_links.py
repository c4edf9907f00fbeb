"""/v1/map-links: how the page /map is let in, by whoever may see the map themselves, and how it signs out."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.access import operations
from outreach_api.access.reads import pairings
from outreach_api.access.routes.pairing import link_to, read_values, shown_token
from outreach_api.access.rules.pictures import qr_svg
from outreach_api.access.writes.pairings import give_codes, redeem
from outreach_api.access.writes.tokens import end_page_token
from outreach_api.kernel.errors import Refusal
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.web.blueprint import ALL_ROLES, Blueprint
from outreach_api.web.limits import Limit, address, try_once
from outreach_api.web.openapi import KEY_HEADER
from outreach_api.web.problems import Refused
from outreach_api.web.resource import Change, Resource, actor, idempotency_key, session
from outreach_api.web.services import services
from schemas import map_links as wire
from schemas.pairing import RedeemIn, TokenOut
from schemas.vocabulary import Page

blp = Blueprint(
    "map_links", __name__, url_prefix="/v1/map-links", description="地図を開くリンク · links to the map"
)


# Of one address, and not those of phones: who opens maps must not hold up a van that comes in.
_LINKS = Limit("map links", 30, dt.timedelta(minutes=10))


@blp.route("")
class MapLinks(Resource):
    @blp.changes(operations.MAKE_MAP_LINK, wire.MapLinkOut)
    def post(self, change: Change) -> Any:
        """A link that opens the map in a browser as you see it: once, within ten minutes."""
        return change.perform(_shown_once)


def _shown_once(open_session: Session, who: Actor, link_id: uuid.UUID) -> Any:
    here = services()
    codes = give_codes(open_session, link_id, who, here.now())
    shown = pairings.map_link(open_session, link_id, here.now())
    link = None if codes is None else link_to("/map", codes.linked)
    if link is not None:
        shown |= {"link": link, "qr_svg": qr_svg(link, "地図を開く QR コード · QR code that opens the map")}
    return shown


@blp.route("/redeem")
class Redemption(Resource):
    @blp.takes(RedeemIn, TokenOut, None, name="redeemMapLink", status=201, parameters=[KEY_HEADER])
    def post(self, body: Any) -> Any:
        """What the page does with a link: its token can read the map and nothing else, for some hours."""
        values = read_values(RedeemIn, body)
        key = idempotency_key()
        here = services()
        try_once(_LINKS, address())
        lives = dt.timedelta(hours=here.settings.map_hours)
        given = redeem(here.database, here.keyring, values["code"], key, here.now(), lives, Page.MAP)
        if isinstance(given, Refusal):
            raise Refused(given)
        return shown_token(given)


@blp.route("/sign-out")
class SignOut(Resource):
    @blp.takes(wire.SignOutIn, wire.SignedOutOut, ALL_ROLES, name="signOutOfMap", errors=[409], page=Page.MAP)
    def post(self, body: Any) -> Any:
        """The page gives up its token. Others are ended with revocations."""
        read_values(wire.SignOutIn, body)
        who, here = actor(), services()
        if who.only is None or who.token is None:
            raise Refused(Refusal("not_a_page", 409))
        audit.record(session(), who, here.now(), action="signOutOfMap", entity_kind="token", entity_id=None)
        end_page_token(session(), here.keyring, who.token, here.now())
        return {"at": here.now()}
