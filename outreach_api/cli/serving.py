"""serve: checks everything that could go wrong before the port is opened, then runs granian."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import http.client
import socket
import sys
import threading
import time
import urllib.request
from functools import partial
from typing import Any

from outreach_api import wsgi
from outreach_api.cli.console import Commands, Failure, command, existing, sqlite_file, tell
from outreach_api.cli.database import bring_up_to_date, initialise
from outreach_api.cli.keys import erase_again
from outreach_api.cli.working import Beside, tell_what_is_missing
from outreach_api.kernel import log_lines
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.keyring import load_keyring

# Connections that one worker holds at once; more wait in the socket's queue (1,024).
CONNECTIONS = 512
# A request that is still running after this is cut off; its transaction rolls back and the phone sends again.
SECONDS_TO_FINISH = 5
# Milliseconds for a request's headers, and bytes: more than any phone needs, less than would fill the memory.
_HEADER_MILLISECONDS, _HEADER_BYTES = 30_000, 65_536


def add(commands: Commands) -> None:
    serve = command(
        commands, "serve", run_serve, "サーバーを動かす（Ctrl-C で終了）", "run the server; Ctrl-C ends it"
    )
    add_address(serve)


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="待ち受けるアドレス · address to listen on (OUTREACH_HOST)")
    parser.add_argument("--port", type=_port, help="ポート · port to listen on (OUTREACH_PORT)")


def run_serve(options: argparse.Namespace) -> int:
    settings = with_address(Settings.from_environment(), options)
    prepare(settings)
    tell_what_is_missing(settings)
    return serve(settings)


def with_address(settings: Settings, options: argparse.Namespace) -> Settings:
    given = {name: getattr(options, name) for name in ("host", "port") if getattr(options, name) is not None}
    return dataclasses.replace(settings, **given)


def prepare(settings: Settings) -> None:
    """A first start makes everything; a later one upgrades SQLite after a copy. Raises Failure, KeyFileError."""
    file = sqlite_file(settings)
    is_first = file is not None and not file.exists() and not settings.master_key_file.exists()
    if is_first:
        initialise(settings)
        return
    load_keyring(settings).close()
    # A key without its database is no first start: a missing disk must not be served as an empty organisation.
    database = existing(settings)
    try:
        at = migrate.revision(database)
        if file is None and at is not None and at != migrate.newest():
            # Others may be using it, and only its owner can make a backup of it.
            raise Failure(
                "PostgreSQL のデータベースは自動では更新しません。控えを取り、`outreach migrate` を実行してください。",
                "A PostgreSQL database is not upgraded by itself: back it up, then run `outreach migrate`.",
            )
        if at != migrate.newest():
            bring_up_to_date(settings, database)
        erase_again(settings, database)
    finally:
        # Workers are forks on Linux: they must not inherit an open connection.
        database.close()


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT. Raises Failure when the port is taken."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    check_port(settings)
    log_lines.begin(settings.log)
    server: Any = Server(
        "outreach_api.wsgi",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        # Of HTTP/2 one connection carries hundreds of requests: while some are answered, others could stall for ever
        # without being found silent or slow (see wsgi.py), and none of its limits would be ours.
        http=HTTPModes.http1,
        workers=settings.workers,
        blocking_threads=settings.threads,
        backpressure=max(CONNECTIONS, settings.threads),
        websockets=False,
        workers_kill_timeout=SECONDS_TO_FINISH,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=log_lines.configuration(settings.log),
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=_HEADER_BYTES),
    )
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    try:
        with Beside(settings):
            server.serve(target_loader=partial(wsgi.worker, settings), wrap_loader=False)
    except SystemExit as ended:
        # A worker that got the same Ctrl-C and was quicker than its parent is no failure.
        if not server.interrupt_signal:
            return ended.code if isinstance(ended.code, int) else 1
    tell("終了しました · stopped")
    return 0


def check_port(settings: Settings) -> None:
    """granian shares a port with whoever has it (SO_REUSEPORT): two servers would split the requests."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        raise Failure(
            f"{settings.host} のポート {settings.port} は使えません（使用中かもしれません）。--port で変えられます。",
            f"Can't listen on {settings.host} port {settings.port}: {fault.strerror or fault}. Try --port.",
        ) from None


def address(settings: Settings) -> str:
    """Where a person or program on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _announce(settings: Settings) -> None:
    """Say where it listens once it really answers; a person who opens the address then finds it."""
    here = address(settings)
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with no_proxy.open(f"{here}/readyz", timeout=5):
                break
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    with contextlib.suppress(BrokenPipeError):
        print(f"動いています · listening at {here}", flush=True)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65_535:
        raise argparse.ArgumentTypeError("a whole number from 1 to 65535")
    return int(text)
