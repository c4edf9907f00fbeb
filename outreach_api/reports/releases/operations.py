"""What can be changed about releases: one is made. Nothing changes it afterwards."""

from outreach_api.ledger.kinds import CLOSINGS, Kind, one_by_one, roles
from outreach_api.reports.releases import writes
from schemas.releases import ReleaseIn
from schemas.vocabulary import Role

# Online only: who lets figures out of the house looks at them first.
RELEASE_WEEK = Kind(
    name="release.make",
    schema=ReleaseIn,
    roles=roles(Role.COORDINATOR, Role.ADMIN),
    write=one_by_one(writes.release_week),
    entity="release",
    stage=CLOSINGS,
    creates=True,
    pushed=False,
)

KINDS = (RELEASE_WEEK,)
