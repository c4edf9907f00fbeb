"""/v1/heat: how hot it is expected to be, because plans are judged by it."""

from __future__ import annotations

from typing import Any

from outreach_api.kernel.week import local_day
from outreach_api.plans import heat, operations
from outreach_api.web.blueprint import Blueprint
from outreach_api.web.resource import Change, Resource, session
from outreach_api.web.services import services
from schemas.heat import HeatsOut
from schemas.vocabulary import Role

blp = Blueprint(
    "heat", __name__, url_prefix="/v1", description="暑さ指数の見込み · how hot it is expected to be"
)

READERS = frozenset({Role.CREW, Role.COORDINATOR, Role.SAFEGUARDING, Role.ADMIN})


@blp.route("/heat")
class ExpectedHeat(Resource):
    @blp.reads(HeatsOut, READERS, name="getExpectedHeat")
    def get(self) -> Any:
        """How hot it is expected to be (WBGT): by month, and by day from today on."""
        return heat.expected(session(), today=local_day(services().now()))

    @blp.changes(operations.EXPECT_HEAT, HeatsOut)
    def post(self, change: Change) -> Any:
        """Say how hot a day, or a month of any year, is expected to be; plans are judged by it."""
        today = local_day(services().now())
        return change.perform(lambda current, _actor, _id: heat.expected(current, today=today))
