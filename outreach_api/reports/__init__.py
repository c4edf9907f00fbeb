"""The weekly reach report, and the same figures for months, quarters and fiscal years."""
