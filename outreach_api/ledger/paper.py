"""A visit told twice, on paper and by the phone that came back: one telling counts, the other is kept beside it."""

from __future__ import annotations

from schemas.vocabulary import Source


def counts(visit_source: str, fact_source: str, standing: str | None) -> bool:
    """Whether a fact counts beside those of the source that stands for its visit already (None: nothing does).

    Only a visit that was entered from paper can be told twice: by the paper's totals and by the phone that came
    back to life. What came first stands; the other is kept beside it.
    """
    return visit_source != Source.PAPER or standing is None or fact_source == standing
