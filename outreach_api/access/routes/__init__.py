"""HTTP of access, one blueprint for each thing."""

from outreach_api.access.routes import map_links, pairing, people

BLUEPRINTS = (people.blp, pairing.blp, map_links.blp)
