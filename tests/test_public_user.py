"""On PostgreSQL the public side may have a user of its own, who can read what was published and nothing else."""

from __future__ import annotations

import secrets

import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.settings import Settings
from outreach_api.storage import published
from outreach_api.storage.base import Base
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from tests.api import Api, StandingClock
from tests.releasing import PUBLIC, hold, release

TABLES = [
    kept.__tablename__
    for kept in vars(published).values()
    if isinstance(kept, type) and issubclass(kept, Base) and kept is not Base
]


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_the_public_side_reads_all_it_shows_as_a_user_who_may_read_nothing_else(
    database: Database, keyring: Keyring, clock: StandingClock
) -> None:
    user, password = f"public_{secrets.token_hex(4)}", secrets.token_hex(8)
    with database.engine.begin() as connection:
        connection.execute(sa.text(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'"))
        connection.execute(sa.text(f"GRANT SELECT ON {', '.join(TABLES)} TO {user}"))
    url = database.url.set(username=user, password=password).render_as_string(hide_password=False)
    app = create_app(Settings(public_database_url=url), database=database, keyring=keyring, now=clock)
    own = app.extensions["outreach"].published
    try:
        api = Api(app, database, clock)
        hold(api)
        assert release(api).status == 201
        for path in (*PUBLIC, "/when", "/v1/public/timetable.json", "/v1/public/timetable.ics"):
            assert api.get(path, role=None).status == 200, path
        assert "released_through" in api.get("/v1/public/reach", role=None).json
        for table in ("visits", "released_atoms", "stops", "audit"):
            with own.read() as session, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                session.execute(sa.text(f"SELECT 1 FROM {table}"))
    finally:
        own.close()
        with database.engine.begin() as connection:
            connection.execute(sa.text(f"DROP OWNED BY {user}"))
            connection.execute(sa.text(f"DROP ROLE {user}"))
