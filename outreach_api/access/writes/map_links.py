"""Links that open the map in a browser: an invitation for the page /map, by whoever may see the map themselves."""

from __future__ import annotations

from outreach_api.access.rules.codes import TRIES
from outreach_api.access.writes.pairings import LIVES
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Accepted, Applied, Work
from outreach_api.storage.access import Pairing, Token
from schemas.vocabulary import Page


def make_map_link(work: Work, accepted: Accepted) -> Applied:
    """Invite the page. It comes in as whoever asks, and its token ends with theirs."""
    who = work.actor
    work.session.add(
        Pairing(
            id=accepted.entity_id,
            version=1,
            change_no=accepted.change_no,
            created_at=work.now,
            role=who.role.value,
            van_id=who.van_id,
            device_id=who.holder_id if who.person_id is None else None,
            person_id=who.person_id,
            label=work.session.get_one(Token, who.token).label,
            made_by=who.holder_id,
            tries_left=TRIES,
            expires_at=work.now + LIVES,
            only=Page.MAP.value,
            made_with=who.token,
        )
    )
    work.session.flush()
    audit.record(
        work.session,
        who,
        work.now,
        action="makeMapLink",
        entity_kind="map_link",
        entity_id=accepted.entity_id,
    )
    return Applied(accepted.entity_id)
