"""Texts of plans."""

TEXTS: dict[str, tuple[str, str]] = {}
