"""Shows what happened at the counter, to whom it concerns."""
