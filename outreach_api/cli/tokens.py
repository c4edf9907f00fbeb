"""pair, token, tokens, revoke: who may come in, and who no longer."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import re
import unicodedata
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.operations import MAKE_PAIRING
from outreach_api.access.reads import devices
from outreach_api.access.rules.pictures import qr_text
from outreach_api.access.writes.pairings import give_codes
from outreach_api.access.writes.tokens import issue_token, revoke_token
from outreach_api.cli.console import CONSOLE, Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import local_day
from outreach_api.ledger.kinds import Operation, Registry, Work
from outreach_api.ledger.perform import perform, read
from outreach_api.settings import Settings
from outreach_api.storage.access import Person
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.plans import Van
from schemas.vocabulary import Role

_LONGEST_LABEL = 60
_CELLS = (14, 13, 26, 14, 10)
_PREFIX = re.compile(r"(?:okk_)?([0-9a-f]{12})(?:_.*)?")


def add(commands: Commands) -> None:
    token = command(
        commands, "token", run_token, "トークンを作る（一度だけ表示）", "make a token; it is shown this once"
    )
    token.add_argument("--role", required=True, choices=[role.value for role in Role], help="役割 · its role")
    token.add_argument("--van", metavar="CODE", help="車両コード（crew に必須）· the van, for crew")
    token.add_argument(
        "--person",
        type=uuid.UUID,
        metavar="ID",
        help="登録済みのスタッフの ID（crew 以外）· id of a person at /v1/people, for roles but crew",
    )
    token.add_argument(
        "--label", type=_label, metavar="TEXT", help="だれの・どの端末の · whose, or which phone"
    )
    token.add_argument(
        "--days", type=_days, metavar="N", help="有効日数（既定 OUTREACH_TOKEN_DAYS）· days it is valid"
    )
    pair = command(
        commands,
        "pair",
        run_pair,
        "電話を登録するコードを出す（10分・1台）",
        "make a code for one phone of a van, for ten minutes",
    )
    pair.add_argument("--van", required=True, metavar="CODE", help="車両コード · the van")
    pair.add_argument(
        "--label",
        type=_label,
        metavar="TEXT",
        help="どの電話か（だれの、ではなく）· which phone it is, not whose",
    )
    command(commands, "tokens", run_tokens, "トークンの一覧", "list the tokens")
    revoke = command(commands, "revoke", run_revoke, "トークンを無効にする", "end a token at once")
    revoke.add_argument(
        "prefix",
        type=_prefix,
        metavar="PREFIX",
        help="トークンの頭の12文字（okk_ の次）· the 12 characters after okk_",
    )


def run_token(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    role = Role(options.role)
    if (role is Role.CREW) != (options.van is not None):
        raise Failure(
            "crew のトークンには --van が必要で、ほかの役割には付けられません。",
            "A crew token needs --van CODE; no other role takes it.",
        )
    if role is Role.CREW and options.person is not None:
        raise Failure(
            "crew のトークンは端末のものです。--person は付けられません。",
            "A crew token belongs to a phone; --person is for the other roles.",
        )
    now, days = utc_now(), options.days or settings.token_days
    with opened(settings) as database, database.write() as session:
        if options.person is not None:
            _check_person(session, options.person, role)
        van_id = None if options.van is None else _van(session, options.van)
        label = options.label or (f"{options.van} の端末" if van_id else role.value)
        made = issue_token(
            session,
            role=role,
            label=label,
            now=now,
            days=days,
            person_id=options.person,
            van_id=van_id,
        )
        note_in_audit(session, "issue_token", "token", f"{_prefix(made)} {role}")
    print(made)
    ends = local_day(now + dt.timedelta(days=days))
    tell(
        f"{role} のトークンです（{label}、{ends} まで）。二度と表示されません。",
        f"A token for {role} ({label}), valid until {ends}. It is not shown again.",
    )
    return 0


def run_pair(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    now, pairing_id = utc_now(), new_id()
    with (
        contextlib.closing(load_keyring(settings)) as keyring,
        opened(settings) as database,
        database.write() as session,
    ):
        said = {"van_id": str(_van(session, options.van)), "label": options.label}
        operation = Operation(pairing_id, MAKE_PAIRING.name, MAKE_PAIRING.v, pairing_id, said)
        ready = read(
            [operation], actor=CONSOLE, kinds=Registry([MAKE_PAIRING]), hash_key=keyring.secret("receipts")
        )
        (outcome,) = perform(Work(session, CONSOLE, now, settings, keyring), ready)
        codes = give_codes(session, pairing_id, CONSOLE, now) if outcome.refusal is None else None
    if codes is None:
        raise Failure(
            f"車両 {options.van} は使われていません。", f"Van {options.van} is not in use any more."
        )
    print(codes.typed)
    if settings.public_url:
        tell(qr_text(f"{settings.public_url}/pair#{codes.linked}"))
    tell(
        f"アプリにこのコードを入れてください（10分のあいだ、1台だけ）：{codes.typed}",
        "Enter this code in the app, within ten minutes; it serves one phone.",
    )
    return 0


def _van(session: Session, code: str) -> uuid.UUID:
    van_id = session.scalar(sa.select(Van.id).where(Van.code == code))
    if van_id is None:
        codes = session.scalars(sa.select(Van.code).order_by(Van.code).limit(20)).all()
        raise Failure(
            f"車両 {code} はありません。",
            f"There is no van {code}; there are: {', '.join(codes) or 'none yet'}.",
        )
    return van_id


def _check_person(session: Session, person_id: uuid.UUID, role: Role) -> None:
    person = session.get(Person, person_id)
    if person is None or not person.active or person.role != role:
        raise Failure(
            f"役割が {role} のスタッフ {person_id} はいません。",
            f"There is no {role} with the id {person_id} on the team.",
        )


def run_tokens(options: argparse.Namespace) -> int:
    with opened(Settings.from_environment()) as database, database.read() as session:
        found = devices.tokens(session)
    print(_line("頭 PREFIX", "役割 ROLE", "名前 HOLDER", "期限 EXPIRES", "車両 VAN", "状態 STATE"))
    now = utc_now()
    for token in found:
        state = f"revoked {local_day(token.revoked_at)}" if token.revoked_at else "valid"
        if token.takes_until is not None and token.takes_until > now:
            state = f"leaving until {local_day(token.takes_until)}"
        if token.revoked_at is None and token.expires_at <= now:
            state = "expired"
        elif token.revoked_at is None and not token.holder_active:
            state = "holder left"
        expires = str(local_day(token.expires_at))
        print(_line(token.prefix, token.role, token.holder, expires, token.van or "-", state))
    return 0


def run_revoke(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with (
        contextlib.closing(load_keyring(settings)) as keyring,
        opened(settings) as database,
        database.write() as session,
    ):
        before = revoke_token(session, keyring, prefix=options.prefix, now=utc_now())
        if before is None:
            raise Failure(
                f"トークン {options.prefix} はありません。",
                f"There is no token {options.prefix}: see `outreach tokens`.",
            )
        if before.was_revoked:
            tell("すでに無効です。", f"Token {options.prefix} was revoked before.")
            return 0
        note_in_audit(session, "revoke_token", "token", f"{options.prefix} {before.role}")
    tell(
        f"無効にしました：{options.prefix}", f"Token {options.prefix} ({before.role}) opens nothing any more."
    )
    return 0


def _line(*cells: str) -> str:
    """Columns that line up: a Japanese character is two columns wide."""
    padded = [cell + " " * (width - _width(cell)) for cell, width in zip(cells, _CELLS, strict=False)]
    return "".join([*padded, cells[-1]])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _label(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_LABEL or not text.isprintable():
        raise argparse.ArgumentTypeError(f"1 to {_LONGEST_LABEL} printable characters")
    return text.strip()


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 3_660:
        raise argparse.ArgumentTypeError("a whole number from 1 to 3660")
    return int(text)


def _prefix(text: str) -> str:
    """The public part of a token, from itself or from the whole token; the secret is never repeated."""
    found = _PREFIX.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError("12 characters of 0-9 and a-f, as `outreach tokens` lists them")
    return found.group(1)
