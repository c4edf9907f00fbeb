"""Texts and names as HTML: our own texts with the readings set in them, names with the kana that were entered."""

from __future__ import annotations

import html
from dataclasses import dataclass

from outreach_api.kernel import furigana
from outreach_api.kernel.text import without_direction
from outreach_api.messages import TEXTS, Language

# A long reading over a long name can't be broken into lines: it stands behind it instead.
_RUBY_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page: in which language, with readings over the kanji or without."""

    lang: Language
    furigana: bool

    def say(self, code: str, **said: str) -> str:
        """Our text as HTML; `said` must be HTML already. Only our own words are searched for marks of readings."""
        text = TEXTS[code]
        if self.lang == "en":
            return html.escape(text.en).format_map(said)
        return self.own(html.escape(text.ja)).format_map(said)

    def own(self, text: str) -> str:
        """A text of ours with its marks, escaped already."""
        return furigana.ruby(text) if self.furigana else furigana.plain(text)

    def name(self, name: str, kana: str | None) -> str:
        """A name from outside as HTML, by itself: its direction of writing turns nothing round beside it."""
        name, kana = without_direction(name), without_direction(kana or "")
        if not self.furigana or self.lang != "ja" or not kana:
            return f"<bdi{self._foreign(name)}>{html.escape(name)}</bdi>"
        parts, readings = name.split(), kana.split()
        if len(parts) != len(readings) or any(len(part) > _RUBY_LONGEST for part in parts):
            return (
                f'<bdi>{html.escape(name)}</bdi><span class="kana">（<bdi>{html.escape(kana)}</bdi>）</span>'
            )
        return f"<bdi>{' '.join(map(_with_reading, parts, readings))}</bdi>"

    def _foreign(self, name: str) -> str:
        return ' lang="ja"' if self.lang == "en" and not name.isascii() else ""


def _with_reading(part: str, reading: str) -> str:
    if part == reading:
        return html.escape(part)
    return f"<ruby>{html.escape(part)}<rp>（</rp><rt>{html.escape(reading)}</rt><rp>）</rp></ruby>"
