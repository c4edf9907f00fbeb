"""What a code says to a person, in Japanese and English. One file per capability, merged here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from outreach_api.kernel.text import without_direction
from outreach_api.messages import (
    access,
    alerts,
    contacts,
    figures,
    general,
    map_page,
    outreach_map,
    pack,
    places,
    plan_templates,
    plans,
    public,
    public_reach,
    receipts,
    releases,
    report_changes,
    report_deliveries,
    report_paper,
    report_visits,
    report_weeks,
    report_words,
    reports,
    sales,
    stops,
    suggestions,
    sync,
    underway,
    visits,
)

Language = Literal["ja", "en"]


class Text(NamedTuple):
    ja: str
    en: str


TEXTS: dict[str, Text] = {}
for _source in (
    general,
    access,
    stops,
    places,
    plans,
    plan_templates,
    suggestions,
    underway,
    visits,
    sales,
    receipts,
    contacts,
    public,
    public_reach,
    pack,
    outreach_map,
    map_page,
    releases,
    report_deliveries,
    report_weeks,
    reports,
    figures,
    report_words,
    report_paper,
    report_changes,
    report_visits,
    sync,
    alerts,
):
    for _code, _pair in _source.TEXTS.items():
        if _code in TEXTS:
            raise ValueError(f"two texts for {_code}")
        TEXTS[_code] = Text(*_pair)


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def say(code: str, language: Language, params: Mapping[str, object] | None = None) -> str:
    """The sentence for a code; placeholders are filled from params. A name turns nothing round that stands beside it."""
    text = TEXTS[code]
    template = text.ja if language == "ja" else text.en
    filled = {
        name: without_direction(value) if isinstance(value, str) else value
        for name, value in (params or {}).items()
    }
    return template.format_map(_Blank(filled))
