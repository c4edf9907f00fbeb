"""What the contract of a kind of change takes, as plain data, and where one takes less than another did.

tests/published/ keeps this of every version that phones were told of, so that none is narrowed without a word.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import marshmallow as ma
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES

from outreach_api.ledger.kinds import Kind
from schemas.contact_fields import CARD_WORDS, CardWord, Form
from schemas.fields import Day, Flag, Id, Instant, LocalTime, Many, Nested, Number, Text, Week, Whole, Word

Plain = dict[str, Any]

FOLDER = Path(__file__).parent / "published"

# Fields whose form is all that there is to say of them.
_FORMS = {Id: "id", Flag: "flag", Instant: "instant", Day: "day", LocalTime: "time", Week: "week"}


def file_of(kind: str, v: int) -> Path:
    return FOLDER / f"{kind}.v{v}.json"


def contract_of(kind: Kind) -> Plain:
    """Who may send a kind of change, how, and what its payload may hold."""
    return {
        "roles": sorted(role.value for role in kind.roles),
        "pushed": kind.pushed,
        "needs_base": kind.needs_base,
        "payload": _object(kind.schema()),  # type: ignore[arg-type]
    }


def _object(schema: ma.Schema) -> Plain:
    if schema.dump_only or any(schema._hooks[tag] for tag in (PRE_LOAD, POST_LOAD, VALIDATES)):
        raise TypeError(f"{type(schema).__name__} does more than declare: say here what that means")
    return {
        "type": "object",
        "fields": {field.data_key or name: _field(field) for name, field in schema.load_fields.items()},
        "refuses": sorted(set(_own_codes(type(schema)))),
    }


def _field(field: ma.fields.Field[Any]) -> Plain:
    if field.validators:
        raise TypeError(f"{field.name} is validated by more than its kind of field: say here what that means")
    said = _kind_of_field(field)
    if field.required:
        said["required"] = True
    if field.allow_none:
        said["null"] = True
    default = field.load_default() if callable(field.load_default) else field.load_default
    if default not in (ma.missing, None):
        said["default"] = default  # what an app means that leaves it out
    return said


def _kind_of_field(field: ma.fields.Field[Any]) -> Plain:
    match field:
        case CardWord():
            return {"type": "card_word", "words": list(CARD_WORDS)}
        case Text():
            form = field._form if isinstance(field, Form) else field.form
            return {
                "type": "text",
                "shortest": field.shortest,
                "longest": field.longest,
                **({"lines": True} if field.lines else {}),
                **({"form": form.pattern} if form is not None else {}),
            }
        case Whole():
            return {"type": "whole", "lowest": field.lowest, "highest": field.highest}
        case Number():
            return {"type": "number", "lowest": field.lowest, "highest": field.highest}
        case Word():
            return {"type": "word", "words": [word.value for word in field.words]}
        case Many():
            return {
                "type": "list",
                "fewest": field.fewest,
                "most": field.most,
                **({"unique": True} if field.unique else {}),
                "of": _field(field.inner),
            }
        case Nested():
            return _object(field.schema)
    return {"type": _FORMS[type(field)]}


def _own_codes(schema: type) -> Iterator[str]:
    """The codes with which a schema's own checks refuse what each of its fields would take."""
    for owner in schema.__mro__:
        for function in vars(owner).values():
            if inspect.isfunction(function) and not owner.__module__.startswith("marshmallow"):
                tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
                for node in ast.walk(tree):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Coded":
                        yield ast.literal_eval(node.args[0])


def narrowed(kept: Plain, now: Plain) -> list[str]:
    """In what a contract takes less than the kept one did, or means something else; [] if it takes all of it.

    What is new in it (an optional field, a word, a wider bound, a further role) is no narrowing.
    """
    lost = sorted(set(kept["roles"]) - set(now["roles"]))
    return [
        *(f"{role} may not send it any more" for role in lost),
        *(["it may not be pushed any more"] if kept["pushed"] and not now["pushed"] else []),
        *(["it needs a base version now"] if now["needs_base"] and not kept["needs_base"] else []),
        *_narrowed(kept["payload"], now["payload"], "payload"),
    ]


def _narrowed(kept: Plain, now: Plain, place: str) -> Iterator[str]:
    if kept["type"] != now["type"]:
        yield f"{place} was a {kept['type']} and is a {now['type']}"
        return
    for name, worse in _WORSE.items():
        if worse(kept.get(name), now.get(name)):
            yield f"{place}: {name} was {kept.get(name)!r} and is {now.get(name)!r}"
    if kept["type"] == "list":
        yield from _narrowed(kept["of"], now["of"], f"{place}/*")
    if kept["type"] == "object":
        yield from _narrowed_fields(kept["fields"], now["fields"], place)


def _narrowed_fields(kept: Plain, now: Plain, place: str) -> Iterator[str]:
    for name in kept.keys() - now.keys():
        yield f"{place}/{name} is not taken any more"
    for name in now.keys() - kept.keys():
        if now[name].get("required"):
            yield f"{place}/{name} is new and required"
    for name in kept.keys() & now.keys():
        yield from _narrowed(kept[name], now[name], f"{place}/{name}")


def _gone(kept: Any, now: Any) -> bool:
    return bool(set(kept or ()) - set(now or ()))


def _added(kept: Any, now: Any) -> bool:
    return _gone(now, kept)


def _raised(kept: Any, now: Any) -> bool:
    return kept is not None and now > kept


def _lowered(kept: Any, now: Any) -> bool:
    return kept is not None and now < kept


def _switched_on(kept: Any, now: Any) -> bool:
    return bool(now) and not kept


def _switched_off(kept: Any, now: Any) -> bool:
    return _switched_on(now, kept)


# When a property of a field takes less, or other things, than it did.
_WORSE: dict[str, Callable[[Any, Any], bool]] = {
    "required": _switched_on,
    "unique": _switched_on,
    "null": _switched_off,
    "lines": _switched_off,
    "lowest": _raised,
    "shortest": _raised,
    "fewest": _raised,
    "highest": _lowered,
    "longest": _lowered,
    "most": _lowered,
    "words": _gone,
    "refuses": _added,
    # Nobody can tell whether another pattern takes less; and another default is another meaning.
    "form": lambda kept, now: now not in (None, kept),
    "default": lambda kept, now: now != kept,
}
