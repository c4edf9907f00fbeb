"""HTTP of the counter, one blueprint for each subject."""

from outreach_api.sales.routes import cash, catalogue, receipts, tickets, till

BLUEPRINTS = (cash.blp, catalogue.blp, receipts.blp, tickets.blp, till.blp)
