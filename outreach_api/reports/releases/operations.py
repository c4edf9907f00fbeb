"""What can be changed about releases: one is made, by itself or for a pack. Nothing changes it afterwards."""

from outreach_api.ledger.kinds import CLOSINGS, Kind, one_by_one, roles
from outreach_api.reports.releases import writes
from schemas.packs import PackIn
from schemas.releases import ReleaseIn
from schemas.vocabulary import Role

RELEASERS = roles(Role.COORDINATOR, Role.ADMIN)

# Online only: who lets figures out of the house looks at them first.
RELEASE_WEEK = Kind(
    name="release.make",
    schema=ReleaseIn,
    roles=RELEASERS,
    write=one_by_one(writes.release_week),
    entity="release",
    stage=CLOSINGS,
    creates=True,
    pushed=False,
)

BUILD_PACK = Kind(
    name="pack.build",
    schema=PackIn,
    roles=RELEASERS,
    write=one_by_one(writes.build_pack),
    entity="release",
    stage=CLOSINGS,
    pushed=False,
)

KINDS = (RELEASE_WEEK, BUILD_PACK)
