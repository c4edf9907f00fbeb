"""GET /v1/packs/{period}: released figures for the round table, funders and the city, as JSON and as files."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from outreach_api.kernel.csv_cells import write_csv
from outreach_api.kernel.errors import KernelError, Refusal
from outreach_api.kernel.week import parse_period
from outreach_api.messages import Language
from outreach_api.public.pack import reads, tree
from outreach_api.public.pack.archive import archive
from outreach_api.public.pack.paper import pdf
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.going_out import note_export
from outreach_api.web.problems import language
from outreach_api.web.resource import Resource, session
from outreach_api.web.services import services
from schemas import packs as wire
from schemas.vocabulary import PackForm, Role

blp = Blueprint(
    "packs", __name__, url_prefix="/v1", description="公表した数のまとめ · packs of released figures"
)

READERS = frozenset({Role.COORDINATOR, Role.SAFEGUARDING, Role.REPORTER, Role.ADMIN})
_MEDIA = {
    "application/json": PackForm.JSON,
    "text/csv": PackForm.CSV,
    "application/pdf": PackForm.PDF,
    "application/zip": PackForm.ZIP,
}
_TYPES = {form: media for media, form in _MEDIA.items()} | {PackForm.CSV: "text/csv; charset=utf-8"}
_DESCRIBED = {
    media: {"type": "string"} if form is PackForm.CSV else {"type": "string", "contentMediaType": media}
    for media, form in _MEDIA.items()
    if form is not PackForm.JSON
}
_PATH = [
    {
        "in": "path",
        "name": "period",
        "required": True,
        "schema": {"type": "string", "maxLength": 20},
        "description": "2026-W47, 2026-11, FY2026-Q3 or FY2026.",
        "example": "2026-11",
    },
]
_DUMP = wire.PackOut()


@blp.route("/packs/<string:period>", parameters=_PATH)
class Pack(Resource):
    @blp.reads(
        wire.PackOut,
        READERS,
        name="getPack",
        query=wire.PackQuery,
        published=True,
        errors=(406,),
        media=_DESCRIBED,
    )
    def get(self, query: dict[str, Any], period: str) -> Any:
        """Everything that was released of a week, month, quarter or fiscal year, beside the period before it and the
        same a year before. It is made of released figures alone, so the same release gives the same bytes.
        """
        form = query["format"] or _preferred()
        if form is None:
            return Refusal("not_acceptable", 406)
        try:
            asked = parse_period(period)
        except KernelError:
            return Refusal("period_unknown", 404)
        pack = reads.pack(session(), asked)
        if form is PackForm.JSON:
            return pack
        note_export(f"{asked} {form}", action="exportPack", entity_kind="pack")
        return _file(pack, form, bom=bool(query["bom"]))


def _file(pack: dict[str, Any], form: PackForm, *, bom: bool) -> Response:
    name, lang = f"pack-{pack['period']}", language()
    content = {
        PackForm.CSV: lambda: _csv(pack, bom=bom),
        PackForm.PDF: lambda: _pdf(pack, lang),
        PackForm.ZIP: lambda: _zip(pack, name),
    }[form]()
    response = Response(
        content,
        content_type=_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )
    if form is PackForm.PDF:
        response.headers["Content-Language"] = lang
    return response


def _csv(pack: dict[str, Any], *, bom: bool) -> bytes:
    return write_csv(tree.rows(pack), tree.HEADER, bom=bom).encode()


def _pdf(pack: dict[str, Any], lang: Language) -> bytes:
    return pdf(pack, services().settings.organisation, lang)


def _zip(pack: dict[str, Any], name: str) -> bytes:
    """All forms together; paper in both languages."""
    return archive(
        {
            f"{name}-ja.pdf": _pdf(pack, "ja"),
            f"{name}-en.pdf": _pdf(pack, "en"),
            f"{name}.csv": _csv(pack, bom=True),
            f"{name}.json": orjson.dumps(_DUMP.dump(pack), option=orjson.OPT_INDENT_2),
        }
    )


def _preferred() -> PackForm | None:
    """What the Accept header likes best; JSON where it doesn't care."""
    if not request.accept_mimetypes:
        return PackForm.JSON
    best = request.accept_mimetypes.best_match(list(_MEDIA))
    return None if best is None else _MEDIA[best]
