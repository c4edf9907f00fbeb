"""Texts of access."""

TEXTS: dict[str, tuple[str, str]] = {}
