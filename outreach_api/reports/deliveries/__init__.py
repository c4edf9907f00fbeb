"""Tells people and programs of closed, restated and released weeks by itself: by webhook or by mail. See README."""
