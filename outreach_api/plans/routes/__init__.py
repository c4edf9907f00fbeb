"""HTTP of planning, one blueprint for each thing."""

from outreach_api.plans.routes import heat, plans, suggestions, templates, underway

BLUEPRINTS = (plans.blp, suggestions.blp, templates.blp, heat.blp, underway.blp)
