"""What can be changed about visits, by whom."""

from outreach_api.ledger.kinds import ARRIVALS, CLOSINGS, EVENTS, FACTS, Kind, one_by_one, roles
from outreach_api.storage.visits import HeadCount, HygieneEntry
from outreach_api.visits import choosing, corrections, counting, merging, writes
from schemas import visits as wire
from schemas.tellings import ChooseTellingIn
from schemas.vocabulary import Role

RECORDERS = roles(Role.CREW, Role.COORDINATOR, Role.ADMIN)
CORRECTORS = roles(Role.COORDINATOR, Role.ADMIN)

OPEN_VISIT = Kind(
    name="visit.open",
    schema=wire.VisitIn,
    roles=RECORDERS,
    write=one_by_one(writes.open_visit),
    entity="visit",
    stage=ARRIVALS,
    creates=True,
)
ADD_HEAD_COUNT = Kind(
    name="head_count.add",
    schema=wire.HeadCountIn,
    roles=RECORDERS,
    write=counting.add_head_counts,
    entity="head_count",
    stage=FACTS,
    table=HeadCount,
)
LOG_HYGIENE = Kind(
    name="hygiene.log",
    schema=wire.HygieneIn,
    roles=RECORDERS,
    write=counting.log_hygiene,
    entity="hygiene_entry",
    stage=FACTS,
    table=HygieneEntry,
)
CLOSE_VISIT = Kind(
    name="visit.close",
    schema=wire.CloseIn,
    roles=RECORDERS,
    write=one_by_one(writes.close_visit),
    entity="visit",
    stage=CLOSINGS,
)
CANCEL_VISIT = Kind(
    name="visit.cancel",
    schema=wire.CancelIn,
    roles=RECORDERS,
    write=one_by_one(writes.cancel_visit),
    entity="visit",
    stage=CLOSINGS,
)
CORRECT_VISIT = Kind(
    name="visit.correct",
    schema=wire.CorrectIn,
    roles=CORRECTORS,
    write=one_by_one(corrections.correct_visit),
    entity="visit",
    stage=EVENTS,
    needs_base=True,
)
MERGE_VISIT = Kind(
    name="visit.merge",
    schema=wire.MergeIn,
    roles=CORRECTORS,
    write=one_by_one(merging.merge_visit),
    entity="visit",
    stage=EVENTS,
    needs_base=True,
)
CHOOSE_TELLING = Kind(
    name="visit.choose_telling",
    schema=ChooseTellingIn,
    roles=CORRECTORS,
    write=one_by_one(choosing.choose_telling),
    entity="visit",
    stage=EVENTS,
    needs_base=True,
)

KINDS = (
    OPEN_VISIT,
    ADD_HEAD_COUNT,
    LOG_HYGIENE,
    CLOSE_VISIT,
    CANCEL_VISIT,
    CORRECT_VISIT,
    MERGE_VISIT,
    CHOOSE_TELLING,
)
