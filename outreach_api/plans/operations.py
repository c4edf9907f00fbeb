"""What can be changed about vans and plans, by whom."""

from outreach_api.ledger.kinds import EVENTS, MASTER_DATA, Kind, one_by_one, roles
from outreach_api.plans import heat, hosts, publishing, writes
from outreach_api.plans.suggesting import adopting, asking
from schemas import heat as heat_wire
from schemas import plans as wire
from schemas import suggestions, vans
from schemas.plan_stops import DecisionIn, HostSaidIn
from schemas.vocabulary import Role

PLANNERS = roles(Role.COORDINATOR, Role.ADMIN)

ADD_VAN = Kind(
    name="van.add",
    schema=vans.VanIn,
    roles=PLANNERS,
    write=one_by_one(writes.add_van),
    entity="van",
    stage=MASTER_DATA,
    creates=True,
)
CHANGE_VAN = Kind(
    name="van.change",
    schema=vans.VanChange,
    roles=PLANNERS,
    write=one_by_one(writes.change_van),
    entity="van",
    stage=MASTER_DATA,
    needs_base=True,
)
DRAFT_PLAN = Kind(
    name="plan.draft",
    schema=wire.PlanIn,
    roles=PLANNERS,
    write=one_by_one(writes.draft_plan),
    entity="plan",
    stage=MASTER_DATA,
    creates=True,
)
CHANGE_PLAN = Kind(
    name="plan.change",
    schema=wire.PlanChange,
    roles=PLANNERS,
    write=one_by_one(writes.change_plan),
    entity="plan",
    stage=MASTER_DATA,
    needs_base=True,
)
PUBLISH_PLAN = Kind(
    name="plan.publish",
    schema=wire.PublishIn,
    roles=PLANNERS,
    write=one_by_one(publishing.publish_plan),
    entity="plan",
    stage=MASTER_DATA,
    needs_base=True,
)
CANCEL_PLAN = Kind(
    name="plan.cancel",
    schema=wire.PlanCancelIn,
    roles=PLANNERS,
    write=one_by_one(publishing.cancel_plan),
    entity="plan",
    stage=EVENTS,
    needs_base=True,
)
CANCEL_STOP = Kind(
    name="plan.cancel_stop",
    schema=wire.PlanStopCancelIn,
    roles=roles(Role.CREW, *PLANNERS),
    write=one_by_one(publishing.cancel_stop),
    entity="plan",
    stage=EVENTS,
)
DECIDE_STOP = Kind(
    name="plan.decide_stop",
    schema=DecisionIn,
    roles=roles(Role.CREW, *PLANNERS),
    write=one_by_one(publishing.decide_stop),
    entity="plan",
    stage=EVENTS,
)
ASK_SUGGESTION = Kind(
    name="plan.suggest",
    schema=suggestions.SuggestionIn,
    roles=PLANNERS,
    write=one_by_one(asking.ask),
    entity="suggestion",
    creates=True,
    pushed=False,
)
STOP_SUGGESTION = Kind(
    name="suggestion.stop",
    schema=suggestions.SuggestionStopIn,
    roles=PLANNERS,
    write=one_by_one(asking.stop),
    entity="suggestion",
    pushed=False,
)
ADOPT_SUGGESTION = Kind(
    name="suggestion.adopt",
    schema=suggestions.SuggestionAdoptIn,
    roles=PLANNERS,
    write=one_by_one(adopting.adopt),
    entity="suggestion",
    pushed=False,
)

HOST_SAID = Kind(
    name="plan.host_said",
    schema=HostSaidIn,
    roles=roles(Role.CREW, *PLANNERS),
    write=one_by_one(hosts.host_said),
    entity="plan",
    stage=EVENTS,
)
EXPECT_HEAT = Kind(
    name="heat.expect",
    schema=heat_wire.HeatIn,
    roles=PLANNERS,
    write=one_by_one(heat.expect_heat),
    entity="heat",
    stage=MASTER_DATA,
    creates=True,
)

KINDS = (
    HOST_SAID,
    EXPECT_HEAT,
    ADD_VAN,
    CHANGE_VAN,
    DRAFT_PLAN,
    CHANGE_PLAN,
    PUBLISH_PLAN,
    CANCEL_PLAN,
    CANCEL_STOP,
    DECIDE_STOP,
    ASK_SUGGESTION,
    STOP_SUGGESTION,
    ADOPT_SUGGESTION,
)
