"""What happened at a stop: arrival, head counts, departure, the hygiene log."""
