"""HTTP of the counter, one blueprint for each subject."""

from outreach_api.sales.routes import catalogue, receipts, tickets, till

BLUEPRINTS = (catalogue.blp, receipts.blp, tickets.blp, till.blp)
