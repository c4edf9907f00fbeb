"""Suggests which stops to visit when: from facts to a problem, its answer, drafts, and why the others are not in."""
