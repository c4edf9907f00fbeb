"""What can be changed about people, shifts and who may come in, by whom."""

from outreach_api.access.writes import map_links, pairings, people, revocations
from outreach_api.ledger.kinds import MASTER_DATA, Kind, one_by_one, roles
from schemas import access as wire
from schemas import map_links as map_links_wire
from schemas import pairing as pairing_wire
from schemas.vocabulary import Role

ADD_PERSON = Kind(
    name="person.add",
    schema=wire.PersonIn,
    roles=roles(Role.ADMIN),
    write=one_by_one(people.add_person),
    entity="person",
    stage=MASTER_DATA,
    pushed=False,
)
CHANGE_PERSON = Kind(
    name="person.change",
    schema=wire.PersonChange,
    roles=roles(Role.ADMIN),
    write=one_by_one(people.change_person),
    entity="person",
    stage=MASTER_DATA,
    needs_base=True,
    pushed=False,
)
PLAN_SHIFT = Kind(
    name="shift.plan",
    schema=wire.ShiftIn,
    roles=roles(Role.COORDINATOR, Role.ADMIN),
    write=one_by_one(people.plan_shift),
    entity="shift",
    stage=MASTER_DATA,
)

MAKE_PAIRING = Kind(
    name="pairing.make",
    schema=pairing_wire.PairingIn,
    roles=roles(Role.COORDINATOR, Role.ADMIN),
    write=one_by_one(pairings.make_pairing),
    entity="pairing",
    stage=MASTER_DATA,
    creates=True,
    pushed=False,
)
MAKE_MAP_LINK = Kind(
    name="map_link.make",
    schema=map_links_wire.MapLinkIn,
    roles=frozenset(Role),
    write=one_by_one(map_links.make_map_link),
    entity="map_link",
    stage=MASTER_DATA,
    creates=True,
    pushed=False,
)
REVOKE = Kind(
    name="access.revoke",
    schema=pairing_wire.RevocationIn,
    roles=roles(Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN),
    write=one_by_one(revocations.revoke),
    entity="revocation",
    stage=MASTER_DATA,
    creates=True,
    pushed=False,
)

KINDS = (ADD_PERSON, CHANGE_PERSON, PLAN_SHIFT, MAKE_PAIRING, MAKE_MAP_LINK, REVOKE)
