"""What can be changed about people and shifts, by whom."""

from outreach_api.access import writes
from outreach_api.ledger.kinds import MASTER_DATA, Kind, one_by_one, roles
from schemas import access as wire
from schemas.vocabulary import Role

ADD_PERSON = Kind(
    name="person.add",
    schema=wire.PersonIn,
    roles=roles(Role.ADMIN),
    write=one_by_one(writes.add_person),
    entity="person",
    stage=MASTER_DATA,
    pushed=False,
)
CHANGE_PERSON = Kind(
    name="person.change",
    schema=wire.PersonChange,
    roles=roles(Role.ADMIN),
    write=one_by_one(writes.change_person),
    entity="person",
    stage=MASTER_DATA,
    needs_base=True,
    pushed=False,
)
PLAN_SHIFT = Kind(
    name="shift.plan",
    schema=wire.ShiftIn,
    roles=roles(Role.COORDINATOR, Role.ADMIN),
    write=one_by_one(writes.plan_shift),
    entity="shift",
    stage=MASTER_DATA,
)

KINDS = (ADD_PERSON, CHANGE_PERSON, PLAN_SHIFT)
