"""Reach against need: which neighbourhoods the van's stops serve, and which nobody has reached yet."""
