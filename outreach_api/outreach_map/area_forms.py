"""How those who publish outlines call codes and names of areas, so that nobody has to say it at an import.

Attribute tables: 国土数値情報 行政区域 (N03; from 2024 on with N03_005), 小学校区 (A27: product specification 2.0 of 2010 and
2016, 3.0 of 2021 and later), 中学校区 (A32 3.0); e-Stat 境界データ 小地域 (町丁・字等).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.vocabulary import AreaKind

_LONGEST_CODE, _LONGEST_NAME = 40, 120


@dataclass(frozen=True, slots=True)
class Form:
    """Attributes that make a code, a name and the code of the city that an area lies in.

    `marks` are attributes by which it is known. `datum_known`: whoever publishes it uses JGD2000 or JGD2011, also where
    no .prj says so. `left_out`: values by which a record is no area that people live in.
    """

    title: str
    kind: AreaKind
    marks: tuple[str, ...]
    code: tuple[str, ...]
    name: tuple[str, ...]
    city: str | None
    datum_known: bool = False
    left_out: tuple[tuple[str, str], ...] = ()


_SCHOOLS = AreaKind.SCHOOL_DISTRICT
FORMS = (
    Form(
        "市区町村",
        AreaKind.CITY,
        marks=("N03_004", "N03_007"),
        code=("N03_007",),
        # A ward's city stands in N03_003 (until 2023) or N03_004; a town's county is left away below.
        name=("N03_003", "N03_004", "N03_005"),
        city="N03_007",
        datum_known=True,
    ),
    # No school has a code there; in one city no two have the same name.
    Form(
        "小学校区",
        _SCHOOLS,
        marks=("A27_005", "A27_007"),
        code=("A27_005", "A27_007"),
        name=("A27_007",),
        city="A27_005",
        datum_known=True,
    ),
    Form(
        "小学校区", _SCHOOLS, ("A27_003", "A27_004"), ("A27_003",), ("A27_004",), "A27_001", datum_known=True
    ),
    Form(
        "中学校区", _SCHOOLS, ("A32_003", "A32_004"), ("A32_003",), ("A32_004",), "A32_001", datum_known=True
    ),
    Form(
        "町丁・字等",
        AreaKind.SMALL_AREA,
        marks=("KEY_CODE", "S_NAME"),
        code=("KEY_CODE",),
        name=("CITY_NAME", "S_NAME"),
        city="KEY_CODE",
        left_out=(("HCODE", "8154"),),  # 水面調査区: water
    ),
)
_OURS = Form("", AreaKind.OTHER, ("code",), ("code",), ("name", "name_ja"), None)


def form_of(says: Mapping[str, object], code: str | None, name: str | None, city: str | None) -> Form | None:
    """The form of a record that has these attributes, changed by the attributes that somebody named.

    None where neither says what makes a code and a name.
    """
    known = next((form for form in (*FORMS, _OURS) if all(mark in says for mark in form.marks)), None)
    if code is None and name is None and city is None:
        return known
    if known is None:
        if code is None or name is None:
            return None
        known = Form("", AreaKind.OTHER, (), (code,), (name,), city)
    return Form(
        known.title,
        known.kind,
        known.marks,
        known.code if code is None else (code,),
        known.name if name is None else (name,),
        known.city if city is None else city,
        known.datum_known,
        known.left_out,
    )


def code_of(says: Mapping[str, object], form: Form) -> str:
    return " ".join(filter(None, (said(says, part) for part in form.code)))[:_LONGEST_CODE]


def name_of(says: Mapping[str, object], form: Form) -> str:
    """Parts of a name written together; the first alone where each would be a whole name."""
    parts = [said(says, part) for part in form.name]
    if form is _OURS:
        return next(filter(None, parts), "")[:_LONGEST_NAME]
    if form.name[0] == "N03_003" and not parts[0].endswith("市"):
        parts[0] = ""
    return "".join(parts)[:_LONGEST_NAME]


def is_left_out(says: Mapping[str, object], form: Form) -> bool:
    return any(said(says, name) == value for name, value in form.left_out)


def said(says: Mapping[str, object], name: str) -> str:
    """An attribute as one line of text; "" where it says nothing. Numbers of a DBF may come as 12207.0."""
    value = says.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if text.isprintable() else ""
