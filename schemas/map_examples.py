"""Examples of map answers in the description: one feature each, about one made-up visit at 本土寺."""

_ATTENDANCE = {"total": 41, "children": 29, "by_band": {"elem_low": 17, "elem_high": 12, "guardian": 12}}
_PERIOD = {"from_day": "2026-09-06", "to_day": "2026-11-28", "visits": 1, "attendance": _ATTENDANCE}
_POINT = {"type": "Point", "coordinates": [139.9523, 35.8041]}
_POINT_BOX = [139.9523, 35.8041, 139.9523, 35.8041]
_BOX = [139.95, 35.8, 139.95625, 35.8041667]
_CELL = {
    "type": "Polygon",
    "coordinates": [
        [[139.95, 35.8], [139.95625, 35.8], [139.95625, 35.8041667], [139.95, 35.8041667], [139.95, 35.8]]
    ],
}
_NEED = {
    "on": "2026-11-28",
    "level": 500,
    "radius_m": 500.0,
    "window_days": 42,
    "population_basis": "target",
    "import_label": "令和2年国勢調査",
    "target_label": "０～１４歳人口　総数",
}

_FEWER = {"total": 31, "children": 23, "by_band": {"elem_low": 17, "elem_high": 6, "guardian": 8}}
_MORE = {"total": 10, "children": 6, "by_band": {"elem_high": 6, "guardian": 4}}
_THEN = {
    "visits": 1,
    "stops": 1,
    "hours_open": 3.0,
    "last_visit_day": "2026-08-15",
    "attendance": _FEWER,
    "change": {"visits": 0, "stops": 0, "hours_open": 0.5, "attendance": _MORE},
}
_THEN_IN_ALL = {
    "from_day": "2026-06-14",
    "to_day": "2026-09-05",
    "visits": 1,
    "hours_open": 3.0,
    "attendance": _FEWER,
    "change": {"visits": 0, "hours_open": 0.5, "attendance": _MORE},
}

STOPS = {
    "bbox": _POINT_BOX,
    "features": [
        {
            "type": "Feature",
            "id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
            "geometry": _POINT,
            "properties": {
                "code": "T-014",
                "name": "本土寺",
                "kana": "ほんどじ",
                "name_en": "Hondo-ji",
                "kind": "temple",
                "status": "agreed",
                "publicity": "public",
                "visits": 1,
                "last_visit_day": "2026-11-21",
                "days_since_last_visit": 7,
                "attendance": _ATTENDANCE,
            },
        }
    ],
    "summary": _PERIOD,
}

VISITS = {
    "bbox": _POINT_BOX,
    "features": [
        {
            "type": "Feature",
            "id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0",
            "geometry": _POINT,
            "properties": {
                "stop_id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
                "stop_name": "本土寺",
                "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
                "local_day": "2026-11-21",
                "status": "closed",
                "hours_open": 3.5,
                "attendance": _ATTENDANCE,
            },
        }
    ],
    "summary": _PERIOD,
}

REACH = {
    "bbox": _BOX,
    "features": [
        {
            "type": "Feature",
            "id": "533957761",
            "geometry": _CELL,
            "properties": {
                "visits": 1,
                "stops": 1,
                "hours_open": 3.5,
                "last_visit_day": "2026-11-21",
                "days_since_last_visit": 7,
                "attendance": _ATTENDANCE,
                "against": _THEN,
            },
        }
    ],
    "summary": {**_PERIOD, "level": 500, "hours_open": 3.5, "against": _THEN_IN_ALL},
}

COVERAGE = {
    "bbox": _BOX,
    "features": [
        {
            "type": "Feature",
            "id": "533957761",
            "geometry": _CELL,
            "properties": {
                "population": 1210.0,
                "target": 151.0,
                "covered_share": 0.8125,
                "against": {"covered_share": 0.5, "change": 0.3125},
                "attendance": 41,
                "reach_rate": 11.2,
            },
        }
    ],
    "summary": {
        **_NEED,
        "population": 1210.0,
        "target": 151.0,
        "covered": 122.7,
        "covered_share": 0.8125,
        "against": {"on": "2026-08-28", "covered": 75.5, "covered_share": 0.5, "change": 0.3125},
        "attendance": 41,
        "reach_rate": 11.2,
    },
}

GAPS = {
    "bbox": _BOX,
    "features": [
        {
            "type": "Feature",
            "id": "533957761",
            "geometry": _CELL,
            "properties": {
                "rank": 1,
                "people": 151.0,
                "covered_share": 0.0,
                "days_since_last_visit": None,
                "gap": 151.0,
                "best_stop": {
                    "id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
                    "name": "本土寺",
                    "status": "talking",
                    "distance_m": 240.0,
                    "share_of_cell": 0.8125,
                },
                "places": [
                    {
                        "id": "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01",
                        "name": "本土寺",
                        "status": "talking",
                        "distance_m": 240.0,
                        "share_of_cell": 0.8125,
                        "adds": 311.4,
                        "adds_here": 122.7,
                    }
                ],
                "same_place_as": [2, 5],
                "ground": None,
            },
        }
    ],
    "summary": {**_NEED, "full_after_days": 84},
}

OUTLINES = {
    "bbox": _BOX,
    "features": [
        {
            "type": "Feature",
            "id": "12207",
            "geometry": {"type": "MultiPolygon", "coordinates": [_CELL["coordinates"]]},
            "properties": {"code": "12207", "name": "松戸市"},
        }
    ],
    "summary": {"outlines": 1},
}

AREA_SET = {
    "id": "5f0d7e0a-6f5c-4b44-9d3a-0d8f7c1b2a10",
    "name": "小学校区",
    "kind": "school_district",
    "within": "12207",
    "areas": 45,
    "corners": 5_212,
    "imported_at": "2026-11-28T03:00:00Z",
}
AREAS = {
    "bbox": _BOX,
    "features": [
        {
            "type": "Feature",
            "id": "B112220700010",
            "geometry": {"type": "MultiPolygon", "coordinates": [_CELL["coordinates"]]},
            "properties": {
                "code": "B112220700010",
                "name": "中部小学校",
                "visits": 1,
                "stops": 1,
                "hours_open": 6.5,
                "last_visit_day": "2026-11-21",
                "days_since_last_visit": 7,
                "attendance": _ATTENDANCE,
                "population": 10_240.5,
                "target": 1_180.25,
                "covered_share": 0.3125,
                "gap": 67.62,
            },
        }
    ],
    "summary": {
        "set": "小学校区",
        "kind": "school_district",
        "areas": 1,
        **_PERIOD,
        **_NEED,
        "level": 250,
    },
}
