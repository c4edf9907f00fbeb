"""/v1/releases and POST /v1/packs: figures that may leave the house, a week once."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from outreach_api.reports.releases import operations, reads
from outreach_api.storage.releases import Release
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.listing import page
from outreach_api.web.resource import Change, Resource, actor, idempotency_key, session
from schemas import packs
from schemas import releases as wire
from schemas.base import page_of
from schemas.vocabulary import Role

blp = Blueprint(
    "releases", __name__, url_prefix="/v1", description="公表版 · figures that may leave the house"
)

READERS = frozenset({Role.COORDINATOR, Role.SAFEGUARDING, Role.REPORTER, Role.ADMIN})


@blp.route("/releases")
class Releases(Resource):
    @blp.reads(page_of(wire.ReleaseOut), READERS, name="findReleases", query=wire.ReleaseQuery)
    def get(self, query: dict[str, Any]) -> Any:
        """What was released, the latest week first."""
        return page(
            sa.select(Release),
            query,
            [Release.number],
            lambda rows: reads.views(session(), rows),
            descending=True,
        )

    @blp.changes(
        operations.RELEASE_WEEK,
        wire.ReleaseOut,
        links={"getRelease": {"release_id": "$response.body#/id"}},
    )
    def post(self, change: Change) -> Any:
        """Release a week that is over, once and for ever: with it the weeks before it that were left out, what
        came late, and the rare figures of quarters that are over. Everything public follows from it at once.
        """
        return change.perform(reads.release)


@blp.route("/releases/<uuid:release_id>")
class OneRelease(Resource):
    @blp.reads(wire.ReleaseOut, READERS, name="getRelease")
    def get(self, release_id: uuid.UUID) -> Any:
        """What one release told."""
        return reads.release(session(), actor(), release_id)


@blp.route("/packs")
class Packs(Resource):
    @blp.changes(operations.BUILD_PACK, packs.PackBuiltOut)
    def post(self, change: Change) -> Any:
        """Build the pack of a period: release its weeks that are over and were not released yet, and say where the
        pack is. Of a period that goes on, it says which weeks are still to come.
        """
        key, period = idempotency_key(), change.text_in("period")
        return change.perform(lambda session, actor, release_id: reads.pack(session, release_id, key, period))
