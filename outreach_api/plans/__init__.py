"""Which stops, in which order, when: vans, plans, what keeps a plan from being published, what became of it."""
