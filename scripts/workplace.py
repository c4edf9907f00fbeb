"""Makes .venv exactly what scripts/lock/ says, once, so that every later start only compares a stamp.

Standard library only. pip keeps its own settings (PIP_* and its configuration): no index is named here.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOG = VENV / "set-up.log"
STAMP = VENV / "set-up.json"
UNFINISHED = "unfinished"

Lock = Literal["runtime", "dev"]


class SetUpError(Exception):
    """The set-up cannot go on; the text tells a person what to do."""


def say(line: str) -> None:
    """Tell a person what happens, on stderr: stdout belongs to what the command prints."""
    print(f"· {line}", file=sys.stderr, flush=True)


def program(name: str) -> str:
    """The path of a program inside .venv."""
    if sys.platform == "win32":
        return str(VENV / "Scripts" / f"{name}.exe")
    return str(VENV / "bin" / name)


def prepare(lock: Lock) -> None:
    """Make .venv ready for this lock. Costs milliseconds when it already is.

    Raises SetUpError.
    """
    if is_ready(lock):
        return
    # Asked to stop, leave through the front door, so that pip is stopped too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with only_one_set_up():
        if not is_ready(lock):
            set_up(lock)


def is_ready(lock: Lock) -> bool:
    done = read_stamp()
    # The dev lock holds everything of the runtime lock in the same versions.
    return fingerprint("dev") in done or (lock == "runtime" and fingerprint("runtime") in done)


def set_up(lock: Lock) -> None:
    started = time.monotonic()
    # Whoever has the dev packages keeps them, also after the lock changed.
    lock = "dev" if lock == "dev" or "dev" in read_stamp() else "runtime"
    if left_unfinished() or not has_working_python():
        make_venv()
    STAMP.write_text(UNFINISHED)
    LOG.write_text("")
    install_lock(lock)
    say("installing kurukuru outreach itself")
    # hatchling came from the lock, so nothing unpinned is fetched to build with.
    pip(["install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    # Last, and in one step: a set-up that was cut off leaves no stamp that says it is done.
    finished = STAMP.with_suffix(".new")
    finished.write_text(json.dumps([lock, fingerprint(lock)]))
    finished.replace(STAMP)
    say(f"set up in {time.monotonic() - started:.0f} s")


def fingerprint(lock: Lock) -> str:
    """What .venv depends on: the lock, the project's own declaration, this Python and where we are."""
    digest = hashlib.sha256(f"{lock} {sys.version} {sys.base_prefix} {ROOT}".encode())
    for path in (lock_file(lock), ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_stamp() -> list[str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return []
    return [str(word) for word in stamp] if isinstance(stamp, list) else []


def left_unfinished() -> bool:
    """A cut-off pip leaves half packages it later takes for whole ones, so we begin again."""
    return STAMP.is_file() and STAMP.read_text() == UNFINISHED


def has_working_python() -> bool:
    question = "import sys; print(sys.version)"
    try:
        answer = subprocess.run([program("python"), "-c", question], capture_output=True, text=True)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.replace("\r", "").strip()


def make_venv() -> None:
    say("making .venv")
    with_pip = importlib.util.find_spec("ensurepip") is not None
    if not with_pip and importlib.util.find_spec("pip") is None:
        raise SetUpError(
            "this Python can make no virtual environment: it has neither ensurepip nor pip.\n"
            "On Debian and Ubuntu install python3-venv, then run this again."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    STAMP.write_text(UNFINISHED)
    command = [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        raise SetUpError(f"python -m venv failed:\n{made.stdout}{made.stderr}")


def install_lock(lock: Lock) -> None:
    """Install what the lock names and nothing else, by hash."""
    # Some packages are for other platforms, so this is an upper bound.
    total = len(re.findall(r"^\S+==", lock_file(lock).read_text(), flags=re.MULTILINE))
    say(f"installing up to {total} packages from scripts/lock/{lock}.txt")
    pip(["install", "--require-hashes", "--requirement", str(lock_file(lock))], expected=total)


def pip(arguments: list[str], expected: int = 0) -> None:
    """Run pip, keep its words in the log, count packages as they come.

    Raises SetUpError with the log's end.
    """
    in_venv = (VENV / "Lib" / "site-packages" / "pip").exists() or any(VENV.glob("lib/*/site-packages/pip"))
    # Without ensurepip the pip beside this Python fills the environment from outside.
    which = (
        [program("python"), "-m", "pip"] if in_venv else [sys.executable, "-m", "pip", "--python", str(VENV)]
    )
    environment = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1", **os.environ}
    with subprocess.Popen(
        [*which, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as running:
        try:
            follow(running.stdout or (), expected)
        except BaseException:
            running.terminate()
            raise
    if running.returncode != 0:
        end = "".join(LOG.read_text().splitlines(keepends=True)[-15:])
        raise SetUpError(f"pip failed; the end of {LOG.relative_to(ROOT)}:\n{end}")


def follow(lines: Iterable[str], expected: int) -> None:
    """Keep what pip says and show every tenth package, so that a slow line looks alive."""
    seen = 0
    with LOG.open("a") as log:
        for line in lines:
            log.write(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already satisfied")):
                seen += 1
                if expected and seen % 10 == 0:
                    say(f"  {seen} of {expected}")
            elif expected and line.startswith("Installing collected"):
                say("  unpacking")


def lock_file(lock: Lock) -> Path:
    return ROOT / "scripts" / "lock" / f"{lock}.txt"


@contextlib.contextmanager
def only_one_set_up() -> Iterator[None]:
    """Two set-ups at once would spoil each other's .venv: the second waits, then finds the work done."""
    with (ROOT / ".venv.lock").open("a") as door:
        if sys.platform == "win32":
            import msvcrt

            # Windows gives up after ten seconds each time.
            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(door.fileno(), msvcrt.LK_LOCK, 1)
                    break
            yield
            return
        import fcntl

        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is running here; waiting for it")
            fcntl.flock(door, fcntl.LOCK_EX)
        yield


def run(command: list[str], cwd: Path) -> int:
    """Run a program to its end and return its exit code as a shell would; pass on a request to stop."""
    sys.stdout.flush()
    with subprocess.Popen(command, cwd=cwd) as running:

        def pass_on(number: int, frame: FrameType | None) -> None:
            running.send_signal(number)

        before = signal.signal(signal.SIGTERM, pass_on)
        try:
            code = running.wait()
        except KeyboardInterrupt:
            # A terminal sends Ctrl-C to both of us; the program decides how it ends.
            code = running.wait()
        finally:
            signal.signal(signal.SIGTERM, before)
    return code if code >= 0 else 128 - code
