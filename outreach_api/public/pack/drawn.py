"""What a pack draws: the bars of its chart, the map of squares and the codes of its links."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import segno

from outreach_api.kernel.axis import axis
from outreach_api.public.reach import drawing
from outreach_api.public.reach.style import MAP_STYLE

_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


def chart(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Bars and the axis beside them."""
    ticks = axis(max((point["whole"] or 0 for point in points), default=0))
    return {"points": list(points), "ticks": [{"value": tick, "shown": f"{tick:,g}"} for tick in ticks]}


def map_svg(drawn: drawing.Grid) -> str:
    """The map of the page /reach, with its style in itself and in the font of our paper."""
    style = MAP_STYLE.replace("system-ui, sans-serif", "'Noto Sans JP'")
    opening, rest = drawing.svg(drawn, "").split(">", 1)
    return f"{opening.replace('<svg', f'<svg {_NAMESPACE}', 1)}><style>{style}</style>{rest}"


def qr_svg(link: str) -> str:
    """A link to point a phone at."""
    made = io.BytesIO()
    segno.make_qr(link, error="m").save(
        made, kind="svg", border=2, light="#fff", omitsize=True, xmldecl=False
    )
    return made.getvalue().decode()
