#!/usr/bin/env python3
"""The one command a newcomer needs: sets everything up, then serves, tests, checks, measures or proves.

Needs nothing but Python; this file stays readable for older ones, so that they hear why they are refused.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the older Python is the one that must read this
    sys.exit("run.py needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info))

import workplace
from workplace import ROOT, program, say

USAGE = """\
usage: python3 scripts/run.py COMMAND

  demo [--port N]            set up, fill a database with demo data, serve it
  init                       set up and make a home: folder, key, database
  serve [--port N]           set up and serve
  test [PYTEST OPTIONS]      run every test
  check                      linters, formatting, types, floors
  bench [NAME ...] [--json]  run the benchmarks: all, or those named
  prove NAME ... [OPTIONS]   run the named proofs; the options go to each of them

The set-up lives in .venv and is kept; only a changed lock makes it work again."""


def outreach(command: str, options: list[str]) -> int:
    """Hand over to the outreach command, which from then on gets every signal itself."""
    workplace.prepare("runtime")
    return hand_over([program("outreach"), command, *options])


def test(options: list[str]) -> int:
    workplace.prepare("dev")
    # Contiguous halves (worksteal) and tests/databases.py's order give each worker one database at a time.
    spread = [] if "no:xdist" in options else ["-n", str(usable_cores()), "--dist", "worksteal"]
    return hand_over([program("python"), "-m", "pytest", *spread, *options])


def check(options: list[str]) -> int:
    if options:
        return misused(f"check takes no options: {' '.join(options)}")
    workplace.prepare("dev")
    python = program("python")
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "lint-imports": [program("lint-imports")],
    }
    failed = []
    for name, command in checks.items():
        say(name)
        if run(command) != 0:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def bench(options: list[str]) -> int:
    as_json = "--json" in options
    names = [option for option in options if option != "--json"] or named_scripts("bench")
    if not names:
        return misused("there are no benchmarks yet")
    return run_scripts("bench", names, ["--json"] if as_json else [], quiet=as_json)


def prove(options: list[str]) -> int:
    cut = next((index for index, option in enumerate(options) if option.startswith("-")), len(options))
    names, rest = options[:cut], options[cut:]
    if not names:
        return misused(f"prove what? {' '.join(named_scripts('prove')) or 'there are no proofs yet'}")
    return run_scripts("prove", names, rest[1:] if rest[:1] == ["--"] else rest)


def run_scripts(kind: str, names: list[str], options: list[str], quiet: bool = False) -> int:
    """Run scripts/KIND_NAME.py for each name, all of them even when one fails."""
    unknown = sorted(set(names) - set(named_scripts(kind)))
    if unknown:
        return misused(f"no such {kind}: {' '.join(unknown)}; there are: {' '.join(named_scripts(kind))}")
    workplace.prepare("dev")
    failed = []
    for name in names:
        if not quiet:
            say(f"{kind} {name}")
        if run([program("python"), str(ROOT / "scripts" / f"{kind}_{name}.py"), *options]) != 0:
            failed.append(name)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def named_scripts(kind: str) -> list[str]:
    scripts = (ROOT / "scripts").glob(f"{kind}_*.py")
    return sorted(script.stem.removeprefix(f"{kind}_") for script in scripts)


def usable_cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine has."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return cores or 1


def hand_over(command: list[str]) -> int:
    os.chdir(ROOT)
    sys.stdout.flush()
    if sys.platform == "win32":
        return run(command)
    os.execv(command[0], command)  # noqa: S606 - there is no shell to go through


def run(command: list[str]) -> int:
    return workplace.run(command, cwd=ROOT)


def misused(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 2


def main(arguments: list[str]) -> int:
    command, options = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command in ("help", "-h", "--help"):
        print(USAGE)
        return 0
    if command in ("demo", "init", "serve"):
        return outreach(command, options)
    errands = {"test": test, "check": check, "bench": bench, "prove": prove}
    if command not in errands:
        return misused(f"unknown command: {command}\n\n{USAGE}")
    return errands[command](options)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except workplace.SetUpError as problem:
        sys.exit(f"run.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
