"""What can be changed about templates, by whom."""

from outreach_api.ledger.kinds import EVENTS, MASTER_DATA, Kind, one_by_one, roles
from outreach_api.plans.templates import materialising, writes
from schemas import plan_templates as wire
from schemas.vocabulary import Role

PLANNERS = roles(Role.COORDINATOR, Role.ADMIN)

ADD_TEMPLATE = Kind(
    name="plan_template.add",
    schema=wire.PlanTemplateIn,
    roles=PLANNERS,
    write=one_by_one(writes.add_template),
    entity="plan_template",
    stage=MASTER_DATA,
    creates=True,
)
CHANGE_TEMPLATE = Kind(
    name="plan_template.change",
    schema=wire.PlanTemplateChange,
    roles=PLANNERS,
    write=one_by_one(writes.change_template),
    entity="plan_template",
    stage=MASTER_DATA,
    needs_base=True,
)
MATERIALISE = Kind(
    name="plan_template.materialise",
    schema=wire.MaterialiseIn,
    roles=PLANNERS,
    write=one_by_one(materialising.materialise),
    entity="materialisation",
    stage=EVENTS,
    creates=True,
)

KINDS = (ADD_TEMPLATE, CHANGE_TEMPLATE, MATERIALISE)
