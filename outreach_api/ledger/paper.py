"""A visit told twice, on paper and by the phone that came back: one telling counts, the other is kept beside it."""

from __future__ import annotations

from schemas.vocabulary import Role, Source


def counts(visit_source: str, fact_source: str, standing: str | None) -> bool:
    """Whether a fact counts beside those of the source that stands for its visit already (None: nothing does).

    Only a visit that was entered from paper can be told twice: by the paper's totals and by the phone that came
    back to life. What came first stands; the other is kept beside it.
    """
    return visit_source != Source.PAPER or standing is None or fact_source == standing


def source_of(said: Source | None, visit_source: str, role: Role) -> Source:
    """Who tells a fact: as it says; else what a phone tells is the app's, and the office fills in paper visits."""
    if said is not None:
        return said
    is_paper = visit_source == Source.PAPER and role is not Role.CREW
    return Source.PAPER if is_paper else Source.APP
