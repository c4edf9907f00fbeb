"""What can be changed about who is told of reports. Online only: where figures of a week are announced is the office's."""

from outreach_api.ledger.kinds import MASTER_DATA, Kind, WriteOne, one_by_one, roles
from outreach_api.reports.deliveries import writes
from schemas import report_deliveries as wire
from schemas.base import WireSchema
from schemas.contacts import NothingIn
from schemas.vocabulary import Role

KEEPERS = roles(Role.COORDINATOR, Role.ADMIN)


def _kind(
    name: str, schema: type[WireSchema], write: WriteOne, *, creates: bool = False, needs_base: bool = False
) -> Kind:
    return Kind(
        name=f"subscription.{name}",
        schema=schema,
        roles=KEEPERS,
        write=one_by_one(write),
        entity="subscription",
        stage=MASTER_DATA,
        creates=creates,
        needs_base=needs_base,
        pushed=False,
    )


ADD = _kind("add", wire.SubscriptionIn, writes.subscribe, creates=True)
CHANGE = _kind("change", wire.SubscriptionChange, writes.change, needs_base=True)
END = _kind("end", NothingIn, writes.end)
ROTATE_SECRET = _kind("rotate_secret", NothingIn, writes.rotate_secret)
PING = _kind("ping", NothingIn, writes.ping)
RETRY = _kind("retry", NothingIn, writes.try_again)

KINDS = (ADD, CHANGE, END, ROTATE_SECRET, PING, RETRY)
