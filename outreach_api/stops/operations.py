"""What can be changed about stops, by whom."""

from outreach_api.ledger.kinds import MASTER_DATA, Kind, one_by_one, roles
from outreach_api.stops import writes
from schemas import stops as wire
from schemas.vocabulary import Role

PLANNERS = roles(Role.COORDINATOR, Role.ADMIN)

ADD_STOP = Kind(
    name="stop.add",
    schema=wire.StopIn,
    roles=PLANNERS,
    write=one_by_one(writes.add_stop),
    entity="stop",
    stage=MASTER_DATA,
    creates=True,
)
REQUEST_STOP = Kind(
    name="stop.request",
    schema=wire.StopRequestIn,
    roles=roles(Role.CREW, *PLANNERS),
    write=one_by_one(writes.request_stop),
    entity="stop",
    stage=MASTER_DATA,
)
CHANGE_STOP = Kind(
    name="stop.change",
    schema=wire.StopChange,
    roles=PLANNERS,
    write=one_by_one(writes.change_stop),
    entity="stop",
    stage=MASTER_DATA,
    needs_base=True,
)
GRANT_PERMISSION = Kind(
    name="permission.grant",
    schema=wire.PermissionIn,
    roles=PLANNERS,
    write=one_by_one(writes.grant_permission),
    entity="permission",
    stage=MASTER_DATA,
)
WITHDRAW_PERMISSION = Kind(
    name="permission.withdraw",
    schema=wire.PermissionWithdrawIn,
    roles=PLANNERS,
    write=one_by_one(writes.withdraw_permission),
    entity="permission",
    stage=MASTER_DATA,
    needs_base=True,
)

KINDS = (ADD_STOP, REQUEST_STOP, CHANGE_STOP, GRANT_PERMISSION, WITHDRAW_PERMISSION)
