"""Readings of our own texts, set by hand as [中止|ちゅうし]: shown as ruby, in brackets, or not at all."""

from __future__ import annotations

import re

_MARK = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")


def plain(text: str) -> str:
    return _MARK.sub(r"\1", text)


def bracketed(text: str) -> str:
    """For where no ruby can be set, as in a post: 中止（ちゅうし）."""
    return _MARK.sub(r"\1（\2）", text)


def ruby(text: str) -> str:
    """HTML of a text that is escaped already; where ruby is not known, the reading stands in brackets."""
    return _MARK.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", text)
