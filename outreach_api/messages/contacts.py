"""Texts of contacts."""

TEXTS: dict[str, tuple[str, str]] = {}
