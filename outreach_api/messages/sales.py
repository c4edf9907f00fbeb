"""Texts of sales."""

TEXTS: dict[str, tuple[str, str]] = {}
