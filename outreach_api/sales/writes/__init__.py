"""Records what happens at the counter."""
