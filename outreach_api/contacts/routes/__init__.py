"""HTTP of contacts, one blueprint for each thing."""

from outreach_api.contacts.routes import concerns, follow_ups, notes, partners, referrals

BLUEPRINTS = (notes.blp, concerns.blp, referrals.blp, follow_ups.blp, partners.blp)
