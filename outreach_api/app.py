"""The only place where everything meets: settings, database, keys, kinds and routes become one Flask app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import flask_smorest
import orjson
from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from outreach_api.access import acting, entering
from outreach_api.access import operations as access
from outreach_api.access import routes as access_routes
from outreach_api.calendar import operations as calendar
from outreach_api.calendar import routes as calendar_routes
from outreach_api.contacts import operations as contacts
from outreach_api.contacts import routes as contacts_routes
from outreach_api.kernel.clock import utc_now
from outreach_api.ledger.kinds import Registry
from outreach_api.outreach_map import map_page
from outreach_api.outreach_map import routes as outreach_map_routes
from outreach_api.plans import operations as plans
from outreach_api.plans import routes as plans_routes
from outreach_api.plans.templates import operations as plan_templates
from outreach_api.public import routes as public_routes
from outreach_api.public.pack import routes as pack_routes
from outreach_api.public.reach import routes as public_reach_routes
from outreach_api.reports import routes as reports_routes
from outreach_api.reports.deliveries import operations as deliveries
from outreach_api.reports.deliveries import routes as deliveries_routes
from outreach_api.reports.deliveries import writes as delivering
from outreach_api.reports.releases import operations as releases
from outreach_api.reports.releases import routes as releases_routes
from outreach_api.reports.releases import writes as releasing
from outreach_api.reports.weeks import operations as weeks
from outreach_api.reports.weeks import routes as weeks_routes
from outreach_api.sales import operations as sales
from outreach_api.sales import routes as sales_routes
from outreach_api.settings import Settings
from outreach_api.stops import operations as stops
from outreach_api.stops import routes as stops_routes
from outreach_api.storage.keyring import Keyring, load_keyring
from outreach_api.storage.session import Database
from outreach_api.sync import erasing
from outreach_api.sync import operations as sync
from outreach_api.sync import routes as sync_routes
from outreach_api.visits import operations as visits
from outreach_api.visits import routes as visits_routes
from outreach_api.web import cors, every_request, openapi, pages
from outreach_api.web.problems import handle_errors
from outreach_api.web.services import Services
from outreach_api.web.uploads import Uploads
from schemas.problem import ProblemOut

# What the house offers, by capability: its routes and its kinds of change.
BLUEPRINTS = (
    *access_routes.BLUEPRINTS,
    stops_routes.blp,
    calendar_routes.blp,
    visits_routes.blp,
    *sales_routes.BLUEPRINTS,
    *contacts_routes.BLUEPRINTS,
    *plans_routes.BLUEPRINTS,
    outreach_map_routes.blp,
    public_routes.blp,
    public_reach_routes.blp,
    pack_routes.blp,
    reports_routes.blp,
    releases_routes.blp,
    weeks_routes.blp,
    deliveries_routes.blp,
    sync_routes.blp,
    erasing.blp,
)
KINDS = (
    *access.KINDS,
    *stops.KINDS,
    *calendar.KINDS,
    *visits.KINDS,
    *sales.KINDS,
    *plans.KINDS,
    *plan_templates.KINDS,
    *contacts.KINDS,
    *releases.KINDS,
    *weeks.KINDS,
    *deliveries.KINDS,
    *sync.KINDS,
)


class _Json(DefaultJSONProvider):
    """orjson: readable Japanese, keys in their order, and several times faster."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(orjson.dumps(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    keyring: Keyring | None = None,
    now: Callable[[], dt.datetime] = utc_now,
) -> Flask:
    """Build the app. Raises KeyFileError when the keys can't be used."""
    keyring = keyring or load_keyring(settings)
    database = database or Database(settings.database, pool_size=settings.threads)
    # Made before it is needed, so that every copy of the cabinet has it: with another key, what was released stands still.
    keyring.secret(releasing.KEY)
    keyring.secret(delivering.KEY)
    app = Flask("outreach_api", static_folder=None)
    app.json = _Json(app)
    app.config.update(
        API_TITLE="kurukuru outreach",
        API_VERSION="v1",
        OPENAPI_VERSION=openapi.VERSION,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # /v1//stops is not found; a redirect would be a page of HTML
    app.extensions["outreach"] = Services(
        settings=settings,
        database=database,
        published=Database(settings.public_database_url, pool_size=settings.threads)
        if settings.public_database_url
        else database,
        keyring=keyring,
        kinds=Registry(KINDS),
        find_actor=entering.find_actor,
        find_acting=acting.acting_now,
        now=now,
        hash_key=keyring.secret("receipts"),
        cursor_key=keyring.secret("cursors"),
        attempts_key=keyring.secret("attempts"),
        # A quarter of the threads is left for requests without a body, however many uploads stall.
        uploads=Uploads(most=max(1, settings.threads * 3 // 4)),
    )
    _register(app)
    every_request.wrap(app)
    cors.allow(app)
    handle_errors(app)
    return app


class _Api(flask_smorest.Api):
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Ours keep werkzeug's headers and speak problem+json."""


def _register(app: Flask) -> None:
    api = _Api(
        app,
        spec_kwargs={
            "marshmallow_plugin": openapi.plugin(),
            "info": openapi.INFO,
        },
    )
    openapi.teach_fields(api.ma_plugin.converter)
    api.spec.components.schema("Problem", schema=ProblemOut)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    openapi.describe_payloads(api.spec, KINDS)
    app.extensions["outreach_openapi"] = openapi.finish(api.spec.to_dict())
    pages.register(app)
    map_page.register(app)
