"""Outlines of cities, one at a time: which area of a file is meant, and how much of each mesh cell lies inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach_api.kernel.mesh import level_of
from outreach_api.outreach_map.area_forms import code_of, form_of, name_of
from outreach_api.outreach_map.rules.discs import PLACES
from outreach_api.outreach_map.rules.inside import Polygons, cells_inside
from outreach_api.outreach_map.shapes import Shape, geometry_of, read_layer
from outreach_api.outreach_map.table_file import Unreadable, Unzipped

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Ring


@dataclass(frozen=True, slots=True)
class NamedOutline:
    code: str
    name: str
    polygons: Sequence[Sequence[Ring]]

    @property
    def geometry(self) -> dict[str, Any]:
        return geometry_of(self.polygons)


def read_outline(file: Unzipped, most: int, code: str | None = None, name: str | None = None) -> NamedOutline:
    """The area of a GeoJSON or a shapefile's zip, `most` bytes at most. Raises Unreadable.

    Of a file with several areas, `code` picks one. Without it all records must belong to one area. What the file
    does not say about itself, `code` and `name` say.
    """
    layer = read_layer(*file, most)
    form = form_of(layer.shapes[0].says, None, None, None)
    if not layer.datum_said and (form is None or not form.datum_known):
        raise Unreadable(0, "", "prj_missing")
    records: list[tuple[Shape, str, str]] = [
        (shape, code_of(shape.says, form), name_of(shape.says, form)) if form else (shape, "", "")
        for shape in layer.shapes
    ]
    chosen = [record for record in records if code is None or record[1] in ("", code)]
    known = sorted({its_code for _, its_code, _ in records if its_code})
    if not chosen:
        raise Unreadable(0, "", "boundary_code_unknown", code=code, known=", ".join(known[:10]))
    codes = {its_code for _, its_code, _ in chosen if its_code}
    if len(codes) > 1:
        raise Unreadable(0, "", "boundary_several", known=", ".join(sorted(codes)[:10]))
    names = {its_name for _, _, its_name in chosen if its_name}
    code = code or next(iter(codes), None)
    name = name or (next(iter(names)) if len(names) == 1 else None)
    if code is None or name is None:
        raise Unreadable(0, "", "boundary_nameless")
    return NamedOutline(code, name, [polygon for shape, _, _ in chosen for polygon in shape.polygons])


def shares_inside(polygons: Polygons, cells: Iterable[int]) -> dict[int, float]:
    """The part (0 to 1) of each cell inside an outline, from the places that rules.discs looks at too."""
    codes = list(cells)
    found: dict[int, float] = {}
    for metres in {level_of(code) for code in codes}:
        inside = cells_inside([polygons], metres)
        shares = (inside.places / PLACES).tolist()
        found |= dict(zip(inside.cells.tolist(), shares, strict=True))
    return {code: found.get(code, 0.0) for code in codes}
