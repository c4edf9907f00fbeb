"""The page reads mesh codes as the kernel does."""

from __future__ import annotations

import random
from collections.abc import Callable

from outreach_api.kernel.mesh import bounds_degrees, mesh_code
from tests.browser.looking import Looking

Look = Callable[..., Looking]
DIVISOR = {250: 1, 500: 10, 1000: 100}


def test_codes_mean_the_same_cells(look: Look) -> None:
    looking = look(None)
    looking.page.goto(f"{looking.address}/map")
    dice = random.Random(6)
    points = [
        (dice.randrange(24_000_000, 45_900_000), dice.randrange(122_500_000, 153_900_000))
        for _ in range(3_000)
    ]
    for level, divisor in DIVISOR.items():
        codes = [mesh_code(lat, lon) // divisor for lat, lon in points]
        found, bounds = looking.page.evaluate(
            """async ([points, codes, level]) => {
              const files = document.querySelector('script[type=module]').src.replace('main.js', '');
              const {boundsOf, cellAt} = await import(files + 'mesh.js');
              return [points.map(([lat, lon]) => cellAt(lat / 1e6, lon / 1e6, level)), codes.map(boundsOf)];
            }""",
            [points, codes, level],
        )
        assert found == codes
        for code, edges in zip(codes, bounds, strict=True):
            expected = bounds_degrees(code)
            for name in ("south", "west", "north", "east"):
                assert abs(edges[name] - getattr(expected, name)) < 1e-9
