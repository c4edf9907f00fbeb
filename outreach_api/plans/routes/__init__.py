"""HTTP of planning, one blueprint for each thing."""

from outreach_api.plans.routes import plans

BLUEPRINTS = (plans.blp,)
