"""HTTP of planning, one blueprint for each thing."""

from outreach_api.plans.routes import heat, plans, suggestions, templates

BLUEPRINTS = (plans.blp, suggestions.blp, templates.blp, heat.blp)
