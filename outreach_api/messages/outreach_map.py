"""Texts of outreach map."""

TEXTS: dict[str, tuple[str, str]] = {}
