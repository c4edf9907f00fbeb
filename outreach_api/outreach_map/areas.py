"""Sets of areas that a council thinks in: school districts, neighbourhoods, cities; read from one or several files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from outreach_api.outreach_map.area_forms import Form, code_of, form_of, is_left_out, name_of, said
from outreach_api.outreach_map.outlines import NamedOutline
from outreach_api.outreach_map.population import TableError
from outreach_api.outreach_map.shapes import Layer, Shape, read_layer
from outreach_api.outreach_map.table_file import MAX_ERRORS, Unreadable, Unzipped
from schemas.vocabulary import AreaKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody says of the files: attributes that make code, name and city; the city's code; the layer of a zip."""

    code: str | None = None
    name: str | None = None
    city: str | None = None
    within: str | None = None
    layer: str | None = None


@dataclass(slots=True)
class AreaTable:
    """Areas by their codes, or errors, never both used. `left_out` counts records that are no area of their own."""

    areas: dict[str, NamedOutline] = field(default_factory=dict)
    title: str = ""
    kind: AreaKind = AreaKind.OTHER
    left_out: int = 0
    errors: list[TableError] = field(default_factory=list)


def read_areas(files: Iterable[Unzipped], most: int, wanted: Wanted) -> AreaTable:
    """The areas of GeoJSON files and shapefiles' zips, `most` bytes at most each, or their errors.

    Records of one code are one area. Of `wanted.within` only areas are taken whose city's code begins with it.
    """
    table = AreaTable()
    places: dict[str, Shape] = {}
    for name, data in files:
        try:
            _add(table, read_layer(name, data, most, wanted.layer), wanted, places)
        except Unreadable as fault:
            table.errors.append(replace(fault.error, file=fault.error.file or name))
    if not table.areas and not table.errors:
        code = "areas_none" if wanted.within is None else "areas_none_within"
        table.errors.append(TableError(0, "", code, {"within": wanted.within}))
    del table.errors[MAX_ERRORS:]
    return table


def _add(table: AreaTable, layer: Layer, wanted: Wanted, places: dict[str, Shape]) -> None:
    form = form_of(layer.shapes[0].says, wanted.code, wanted.name, wanted.city)
    if form is None:
        known = ", ".join(map(str, layer.shapes[0].says))[:300]
        raise Unreadable(0, "", "area_fields_unknown", known=known)
    if not layer.datum_said and not form.datum_known:
        raise Unreadable(0, "", "prj_missing")
    if wanted.within is not None and form.city is None:
        raise Unreadable(0, "", "area_city_unknown")
    table.title, table.kind = table.title or form.title, form.kind
    for shape in layer.shapes:
        if wanted.within is None or said(shape.says, form.city or "").startswith(wanted.within):
            _take(table, layer.file, shape, form, places)


def _take(table: AreaTable, file: str, shape: Shape, form: Form, places: dict[str, Shape]) -> None:
    """One record: a new area, a further part of one, or an error."""
    code, name = code_of(shape.says, form), name_of(shape.says, form)
    if is_left_out(shape.says, form) or (form.title and not (code and name)):
        table.left_out += 1
        return
    if not code or not name:
        attributes = ", ".join((*form.code, *form.name))
        table.errors.append(TableError(0, attributes, "area_nameless", {"feature": shape.number}, file))
        return
    before = table.areas.get(code)
    if before is not None and before.name != name:
        first = places[code]
        where = {"code": code, "feature": shape.number, "file": first.file, "first": first.number}
        table.errors.append(TableError(0, "", "area_code_twice", where, file))
        return
    places.setdefault(code, shape)
    table.areas[code] = NamedOutline(code, name, [*(before.polygons if before else ()), *shape.polygons])
