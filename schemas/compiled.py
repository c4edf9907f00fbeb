"""A second, quick reader of the same contracts: msgspec says yes in C, marshmallow says everything else.

`compiled` reads a schema's declaration and builds a function that gives a payload's values, or None for "ask
marshmallow". None costs time only. A value costs trust, so whatever the quick reader takes, marshmallow takes
too, with equal values of equal types: tests/unit/test_compiled_schemas.py tries to find a payload where it does
not. What msgspec can't express exactly is left to the field's own code; a schema that does more than declare
fields and check them together is not compiled at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, NamedTuple, TypeVar

import marshmallow as ma
import msgspec
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

from schemas.compiled_source import (
    ABSENT,
    Check,
    Doubt,
    Finish,
    Step,
    Values,
    exactly_int,
    member,
    with_hyphens,
    write_finish,
)
from schemas.fields import Flag, Id, Many, Nested, Text, Whole, Word

Reader = Callable[[object], Values | None]

_INT64 = range(-(2**63), 2**63)
_CONSTANTS = (type(None), bool, int, float, str, Enum)
_WRAPPING = ("deserialize", "_validate", "_validate_missing")  # of a field's _deserialize
_MACHINERY = ("load", "_do_load", "_deserialize", "_invoke_schema_validators", "_run_validator")


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def prepared(struct: type[_Struct]) -> type[_Struct]:
    """Has msgspec read a struct's declaration now, while only one thread knows of it.

    Left alone it reads it at the first use, and another thread that comes by meanwhile meets what is half read: the
    whole process is gone (msgspec 0.22.0, 0x0 read in `convert`), with every push that it was answering.
    """
    msgspec.json.Decoder(struct)
    return struct


class _Native(NamedTuple):
    """What msgspec is told of a field, and what is left to look at afterwards."""

    told: Any
    check: Check | None = None


class _Plan(NamedTuple):
    """How an object is read: to this struct, and from it to values."""

    struct: type[msgspec.Struct]
    finish: Finish


def compiled(schema: ma.Schema) -> Reader | None:
    """The quick reader of a schema, or None if it does what only marshmallow understands."""
    plan = _plan(schema)
    if plan is None:
        return None
    struct, finish = plan
    convert = msgspec.convert

    def read(payload: object) -> Values | None:
        try:
            return finish(payload, convert(payload, struct))  # type: ignore[arg-type]
        except Exception:
            # Whatever it was (also a fault of a schema's own check): marshmallow meets it again and tells.
            return None

    return read


def _plan(schema: ma.Schema, within: tuple[type, ...] = ()) -> _Plan | None:
    if type(schema) in within or not _only_declares(schema):
        return None
    members: list[tuple[str, Any, Any]] = []
    steps: list[Step] = []
    for number, (name, field) in enumerate(schema.load_fields.items()):
        if not _is_plain(field) or "." in name:
            return None
        native = _native(field, (*within, type(schema)))
        step = Step(name, field.allow_none, field.required, field.load_default is not ma.missing)
        if native is None:
            members.append((member(number), Any, _default(field)))
            steps.append(step._replace(own_code=field._deserialize))
        else:
            members.append((member(number), native.told, _default(field)))
            steps.append(step._replace(check=native.check))
    struct = msgspec.defstruct(
        type(schema).__name__,
        members,
        rename={member(number): step.name for number, step in enumerate(steps)},
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    hooks = [getattr(schema, name) for name, *_ in schema._hooks[VALIDATES_SCHEMA]]
    return _Plan(prepared(struct), write_finish(steps, hooks, schema.partial))


def _only_declares(schema: ma.Schema) -> bool:
    """Whether a schema is its fields and checks of the whole, loaded the way marshmallow loads."""
    hooks = schema._hooks
    return (
        all(getattr(type(schema), name) is getattr(ma.Schema, name) for name in _MACHINERY)
        and schema.dict_class is dict
        and schema.unknown == ma.RAISE
        and not schema.many
        and not schema.partial
        and not schema.dump_only
        and len(schema.load_fields) == len(schema.fields)
        and not any(hooks[tag] for tag in (PRE_LOAD, POST_LOAD, VALIDATES))
        and not any(many or told.get("pass_original") for _, many, told in hooks[VALIDATES_SCHEMA])
    )


def _default(field: ma.fields.Field[Any]) -> Any:
    default = field.load_default
    if field.required:
        return msgspec.NODEFAULT
    if default is ma.missing:
        return ABSENT
    if callable(default):
        return msgspec.field(default_factory=default)
    if isinstance(default, _CONSTANTS):
        return default
    return msgspec.field(default_factory=lambda: default)


def _is_plain(field: ma.fields.Field[Any]) -> bool:
    """Whether a field goes by its name, and a value that isn't null is read by its `_deserialize` alone."""
    return (
        all(getattr(type(field), name) is getattr(ma.fields.Field, name) for name in _WRAPPING)
        and not (field.validators or field.pre_load or field.post_load)
        and field.data_key is None
        and field.attribute is None
    )


def _native(field: ma.fields.Field[Any], within: tuple[type, ...]) -> _Native | None:
    """What msgspec reads exactly as the field does; None: the field's own code reads it."""
    native = None
    if _is_plain(field):
        compiler = _COMPILERS.get(type(field))  # of exactly this class: a subclass may read otherwise
        native = None if compiler is None else compiler(field, within)
    if native is None or not field.allow_none:
        return native
    return _Native(native.told | None, native.check)


def _id(field: Any, within: Any) -> _Native:
    return _Native(uuid.UUID, with_hyphens)


def _flag(field: Any, within: Any) -> _Native:
    return _Native(bool)


def _whole(field: Whole, within: Any) -> _Native | None:
    if field.lowest not in _INT64 or field.highest not in _INT64:
        return None
    return _Native(Annotated[int, msgspec.Meta(ge=field.lowest, le=field.highest)], exactly_int)


def _word(field: Word, within: Any) -> _Native | None:
    # A vocabulary that guesses at unknown words would be asked by msgspec, never by the field.
    guesses = any("_missing_" in vars(one) for one in field.words.__mro__ if one is not Enum)
    return None if guesses else _Native(field.words)


def _text(field: Text, within: Any) -> _Native:
    """Lengths are msgspec's; text of printable characters only has nothing that the field would refuse."""
    formed, own = field.form is not None, field._deserialize

    def check(given: Any, text: str) -> str:
        if formed or not text.isprintable() or text.isspace():
            own(text, None, None)
        return text

    return _Native(Annotated[str, msgspec.Meta(min_length=field.shortest, max_length=field.longest)], check)


def _many(field: Many, within: tuple[type, ...]) -> _Native | None:
    inner = _native(field.inner, within)
    if inner is None or field.inner.allow_none:
        return None
    told = Annotated[list[inner.told], msgspec.Meta(min_length=field.fewest, max_length=field.most)]  # type: ignore[name-defined]
    unique, check_one = field.unique, inner.check

    def check(given: Any, made: list[Any]) -> list[Any]:
        if not isinstance(given, list):
            raise Doubt
        if check_one is not None:
            made = list(map(check_one, given, made))
        if unique and len(set(made)) != len(made):
            raise Doubt
        return made

    return _Native(told, check)


def _nested(field: Nested, within: tuple[type, ...]) -> _Native | None:
    if field.many or field.unknown is not None:
        return None
    plan = _plan(field.schema, within)
    return None if plan is None else _Native(plan.struct, plan.finish)


_COMPILERS: dict[type, Callable[..., _Native | None]] = {
    Id: _id,
    Flag: _flag,
    Whole: _whole,
    Word: _word,
    Text: _text,
    Many: _many,
    Nested: _nested,
}
