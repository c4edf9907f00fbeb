"""What can be changed about sync itself: a dead letter is settled; and what needs both notes and letters, an erasure."""

from outreach_api.ledger.kinds import CLOSINGS, Kind, one_by_one, roles
from outreach_api.sync import erasures, writes
from schemas.erasures import ErasureIn
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

# Online only: whoever asks must see at once what stays, and why.
ERASE_AT_STOP = Kind(
    name="stop.erase_texts",
    schema=ErasureIn,
    roles=roles(Role.SAFEGUARDING),
    write=one_by_one(erasures.erase_at_stop),
    entity="erasure",
    stage=CLOSINGS,
    creates=True,
    pushed=False,
)

KINDS = (SETTLE_REJECTION, ERASE_AT_STOP)
