"""For every eye and hand: axe finds nothing serious, and colours stay apart for every kind of colour vision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from math import dist
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.looking import Looking

Look = Callable[..., Looking]
SERIOUS = {"serious", "critical"}


def faults(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["help"], one["nodes"][0]["target"]) for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_axe_finds_nothing_serious(look: Look, size: tuple[int, int], scheme: str) -> None:
    page = look(size=size, color_scheme=scheme).page
    assert faults(page) == []
    page.locator("#table-toggle").click()
    page.locator("#next button").first.click()
    page.get_by_label("二つの期間をくらべる").check()
    page.select_option("#measure", "came")
    assert faults(page) == []
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Show to others").click()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_the_door(look: Look, scheme: str) -> None:
    looking = look(None, color_scheme=scheme)
    looking.page.goto(f"{looking.address}/map")
    assert faults(looking.page) == []


# How people without one kind of cones see linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
EYES = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
APART = 9  # CIE 1976 lightness or colour difference; about four times what can just be told apart


def sumprod(row: Sequence[float], parts: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(row, parts, strict=True))


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIE L*a*b* under D65."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_classes_are_told_apart_with_any_colour_vision(look: Look, scheme: str) -> None:
    looking = look(None)
    looking.page.goto(f"{looking.address}/map")
    palettes = looking.page.evaluate(
        """async mode => {
          const files = document.querySelector('script[type=module]').src.replace('main.js', '');
          const {sequential, diverging} = await import(files + 'colours.js');
          const names = ['need', 'missed', 'covered', 'reach', 'fading'];
          return [...names.map(name => sequential(name, mode)), diverging(mode)];
        }""",
        scheme,
    )
    assert len(palettes) == 6
    for palette, (eyes, rows) in product(palettes, EYES.items()):
        seen = [lab([sumprod(row, linear(colour)) for row in rows]) for colour in palette]
        assert all(dist(one, other) > APART for one, other in pairwise(seen)), (palette, eyes)
    for palette in palettes[:5]:
        light = [lab(linear(colour))[0] for colour in palette]
        assert light in (sorted(light), sorted(light, reverse=True)), (
            "they rise evenly, so that grey paper shows them too"
        )
