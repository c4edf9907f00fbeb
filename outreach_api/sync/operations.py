"""What can be changed about sync itself: a dead letter is settled."""

from outreach_api.ledger.kinds import CLOSINGS, Kind, one_by_one, roles
from outreach_api.sync import writes
from schemas.rejections import SettleIn
from schemas.vocabulary import Role

SETTLERS = roles(Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN)

SETTLE_REJECTION = Kind(
    name="rejection.settle",
    schema=SettleIn,
    roles=SETTLERS,
    write=one_by_one(writes.settle),
    entity="rejection",
    stage=CLOSINGS,
    sees_endings=True,
)

KINDS = (SETTLE_REJECTION,)
