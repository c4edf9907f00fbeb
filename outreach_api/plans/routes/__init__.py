"""HTTP of planning, one blueprint for each thing."""

from outreach_api.plans.routes import heat, plans, templates

BLUEPRINTS = (plans.blp, heat.blp, templates.blp)
