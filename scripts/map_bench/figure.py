"""A figure as run.py bench --json prints it, and how two things are measured in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

# Processor time, so that a busy machine is fair to both.
CLOCK = time.process_time


class Figure(NamedTuple):
    figure: str
    value: float
    unit: str


def medians(rounds: int, *acts: Callable[[], Any]) -> list[float]:
    """Median seconds of each, run in turn; a first round is not counted."""
    times: list[list[float]] = [[] for _ in acts]
    for number in range(rounds + 1):
        for act, taken in zip(acts, times, strict=True):
            began = CLOCK()
            act()
            if number:
                taken.append(CLOCK() - began)
    return [statistics.median(taken) for taken in times]
