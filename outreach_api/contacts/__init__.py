"""Whom we met and where they were connected to: notes, concerns, referrals, follow-ups, partners, stamp cards."""
