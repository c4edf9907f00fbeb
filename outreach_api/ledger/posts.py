"""What to post for families when a stay is called off: made of the announced entry alone, so that nothing else can leak."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel import furigana, said_days
from outreach_api.kernel.text import without_direction
from outreach_api.ledger.timetable import entry_ids
from outreach_api.messages import Language, say
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.published import PublishedLink, TimetableEntry
from schemas.vocabulary import DestinationKind, TimetableStatus

_COMING = (TimetableStatus.ON, TimetableStatus.UNDECIDED)


def posts(
    session: Session, keyring: Keyring, settings: Settings, plan_stop_ids: Sequence[uuid.UUID]
) -> list[dict[str, Any]]:
    """For each stay its post, in the same order; without texts where it was not announced, or takes place."""
    ids = entry_ids(keyring, plan_stop_ids)
    found = session.scalars(sa.select(TimetableEntry).where(TimetableEntry.id.in_(list(ids.values()))))
    entries = {entry.id: entry for entry in found}
    made: list[dict[str, Any]] = []
    for plan_stop_id in plan_stop_ids:
        entry = entries.get(ids[plan_stop_id])
        if entry is None or entry.status != TimetableStatus.CANCELLED:
            made.append({"plan_stop_id": plan_stop_id, "text": None, "text_en": None})
            continue
        text, text_en = (_text(session, settings, entry, lang) for lang in ("ja", "en"))
        made.append({"plan_stop_id": plan_stop_id, "text": text, "text_en": text_en})
    return made


def _text(session: Session, settings: Settings, entry: TimetableEntry, lang: Language) -> str:
    said = {
        "when": _when(entry, lang),
        "place": _place(entry, lang),
        "name": settings.organisation,
        "reason": _said(f"post_{entry.cancel_reason or 'sorry'}", lang),
    }
    parts = [_said("post_cancelled", lang, said)]
    following = _next_there(session, entry)
    if following is not None:
        parts.append(_said("post_next", lang, {"when": _when(following, lang)}))
    parts.append(_where_to_look(session, settings, lang))
    return "\n\n".join(parts)


def _said(code: str, lang: Language, said: dict[str, str] | None = None) -> str:
    """Marks of readings are those of our own text; a name that looks like one stays as it is."""
    marked = {name: "\0" + name + "\0" for name in said or {}}
    text = furigana.bracketed(say(code, lang, marked))
    for name, value in (said or {}).items():
        text = text.replace(marked[name], value)
    return text


def _when(entry: TimetableEntry, lang: Language) -> str:
    day = said_days.japanese(entry.local_day) if lang == "ja" else said_days.english(entry.local_day)
    times = said_days.times(entry.opens, entry.closes, "〜" if lang == "ja" else "–")
    return f"{day} {times}".strip()


def _place(entry: TimetableEntry, lang: Language) -> str:
    if lang == "en":
        place = without_direction(entry.place_en or entry.place)
    else:
        read = f"（{without_direction(entry.place_kana)}）" if entry.place_kana else ""
        place = without_direction(entry.place) + read
    return _said("post_area", lang, {"place": place}) if entry.area_only else place


def _next_there(session: Session, entry: TimetableEntry) -> TimetableEntry | None:
    """When the van comes to the same place again, as far as that is announced."""
    later = sa.select(TimetableEntry).where(
        TimetableEntry.place == entry.place,
        TimetableEntry.area_only.is_(entry.area_only),
        TimetableEntry.status.in_(_COMING),
        TimetableEntry.local_day > entry.local_day,
    )
    order = (TimetableEntry.local_day, TimetableEntry.opens, TimetableEntry.id)
    return session.scalar(later.order_by(*order).limit(1))


def _where_to_look(session: Session, settings: Settings, lang: Language) -> str:
    if settings.public_url:
        return _said("post_look", lang, {"url": f"{settings.public_url}/when"})
    line = session.get(PublishedLink, DestinationKind.LINE)
    if line is not None:
        return _said("post_look_line", lang, {"url": line.url})
    return _said("post_look_page", lang, {"name": settings.organisation})
