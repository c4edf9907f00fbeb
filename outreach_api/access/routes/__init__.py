"""HTTP of access, one blueprint for each thing."""

from outreach_api.access.routes import pairing, people

BLUEPRINTS = (people.blp, pairing.blp)
