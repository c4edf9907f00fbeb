"""A small town: nine cells with children, stops that were held in some weeks, and names that nobody should trust."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from outreach_api.storage.stops import Stop
from schemas.vocabulary import Publicity, StopStatus
from tests.api import Api
from tests.http.test_map_areas import districts
from tests.mapped import CELL, NEXT, TODAY, hold, populate, stop_at

# As somebody may have typed them, or tried on purpose: markup, right-to-left, far too long, and of many parts.
HOSTILE = {
    "script": "<script>document.title='taken'</script>",
    "picture": '"><img src=x onerror="document.title=\'taken\'">',
    "handler": "' onmouseover='document.title=\"taken\"' {n} ${1+1} {{7*7}}",
    "right_to_left": "\u202eの反対\u202c مرحبا بالعالم שלום",
    "long": "とても長い名前の" * 14,
    "unbroken": "W" * 120,
    "emoji": "👨‍👩‍👧‍👦🍡🏳️‍🌈 公園",
    "combining": "か\u3099き\u3099 Z̷̢̛͓͙a̶l̵g̸o̵",
}
AROUND = (533957411, 533957412, 533957413, 533957414, 533957421, 533957422, CELL, NEXT, 533957431)


@dataclass(frozen=True, slots=True)
class Town:
    lately: Stop
    long_ago: Stop
    home: Stop
    hostile: dict[str, Stop]


def make_town(api: Api) -> Town:
    populate(
        api,
        *(f"{cell},{2000 + 100 * number},{200 + 40 * number}" for number, cell in enumerate(AROUND)),
        header="mesh500,population,target",
        label="試しの人口",
    )
    lately = stop_at(api, CELL, name="常盤平 けやきの広場", name_en="Tokiwadaira, Keyaki square", code="K1")
    long_ago = stop_at(api, 533957411, name="小金 かえで寺", code="K2")
    home = stop_at(api, NEXT, name="だれかの家の庭", code="H1", publicity=Publicity.MEMBERS)
    hostile = {
        kind: stop_at(api, 533957431, name=name, code=f"X{number}", status=StopStatus.TALKING)
        for number, (kind, name) in enumerate(HOSTILE.items())
    }
    for weeks, children in ((0, 12), (4, 20), (8, 8), (13, 30), (30, 5)):
        hold(api, lately, day=TODAY - dt.timedelta(weeks=weeks), elem_low=children, guardian=3)
    hold(api, long_ago, day=TODAY - dt.timedelta(weeks=20), preschool=9)
    hold(api, home, day=TODAY - dt.timedelta(weeks=2), infant=4)
    for stop in hostile.values():
        hold(api, stop, day=TODAY - dt.timedelta(weeks=1), senior=1)
    districts(api)
    return Town(lately, long_ago, home, hostile)
