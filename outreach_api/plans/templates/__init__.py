"""Rounds that come again: templates, their days, and the drafts that are made of them."""
