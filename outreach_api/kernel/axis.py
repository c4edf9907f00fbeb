"""Numbers that read well beside a chart."""

from __future__ import annotations

_NICE = (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10)


def axis(most: int) -> list[float]:
    """Five of them, from nothing to one at or above the largest value."""
    most = max(most, 1)
    step = 10 ** (len(str(most)) - 1)
    top = max(4, next(step * factor for factor in _NICE if step * factor >= most))
    return [top * quarter / 4 for quarter in range(5)]
