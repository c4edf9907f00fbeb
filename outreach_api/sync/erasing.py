"""/v1/erasures: all that was written down at a stop in some days, erased because somebody asked for it."""

from __future__ import annotations

import uuid
from typing import Any

from outreach_api.sync import operations
from outreach_api.sync.erasures import erasure
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.resource import Change, Resource, actor, session
from schemas.erasures import ErasureOut

blp = Blueprint("erasures", __name__, url_prefix="/v1", description="消去の求め · erasure on request")


@blp.route("/erasures")
class Erasures(Resource):
    @blp.changes(
        operations.ERASE_AT_STOP, ErasureOut, links={"getErasure": {"erasure_id": "$response.body#/id"}}
    )
    def post(self, change: Change) -> Any:
        """Erase the texts of all visits at a stop in some days; coded fields stay. It says how many stay, and why."""
        return change.perform(erasure)


@blp.route("/erasures/<uuid:erasure_id>")
class OneErasure(Resource):
    @blp.reads(ErasureOut, operations.ERASE_AT_STOP.roles, name="getErasure")
    def get(self, erasure_id: uuid.UUID) -> Any:
        """What became of it, and how many texts stand there now."""
        return erasure(session(), actor(), erasure_id)
