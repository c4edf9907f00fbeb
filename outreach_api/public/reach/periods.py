"""Which days are asked for: weeks, months, quarters and fiscal years, all of them made of whole released parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.kernel.week import Period, parse_period


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day of one period to the last day of another, or of the same."""

    first: Period
    last: Period

    @property
    def from_day(self) -> dt.date:
        return self.first.first_day

    @property
    def to_day(self) -> dt.date:
        return self.last.last_day

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


def span(period: str | None, until: str | None, usual: Period) -> Span | Refusal:
    """The span that is asked for; `usual` where nothing is."""
    if period is None and until is not None:
        return _refused("?period", "required")
    first = usual if period is None else _parse(period)
    last = first if until is None else _parse(until)
    if first is None:
        return _refused("?period", "period_unknown")
    if last is None:
        return _refused("?until", "period_unknown")
    if last.last_day < first.first_day:
        return _refused("?until", "wrong_order")
    return Span(first, last)


def _parse(text: str) -> Period | None:
    try:
        return parse_period(text)
    except KernelError:
        return None


def _refused(path: str, code: str) -> Refusal:
    return Refusal("invalid", 422, {}, (Problem(path, code),))
