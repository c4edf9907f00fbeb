"""How fast a push is, through `outreach serve` over HTTP, always against something measured in turn in the same run.

push_vs_floor    1,000 sales in two pushes over a bare WSGI function that writes the same rows, equally durable, and
                 checks nothing (push_bench/floor.py); medians.
replay_vs_first  the same two pushes sent again over the first time; medians.
push_growth      the mean of a push of 500 mixed operations into a database of 5 million facts over the same into one
                 of 160,000. Both are warm: just filled, still in the system's file cache, after a few pushes; the
                 server's own cache is too small for either.
push_p99_vs_p50  eight phones at once push 20 to 50 mixed operations again and again: the 99th percentile of what they
                 wait over the 50th; the median of three rounds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from push_bench import servers, years
from push_bench.phone import Line, Phone, expect
from push_bench.same_rows import differences
from push_bench.world import World

PUSH = 500
PUSHES = 2
ROUNDS, WARM_UP = 15, 3
FACTS, FEW_FACTS = 5_000_000, 160_000
GROWTH_ROUNDS, GROWTH_WARM_UP = 40, 8
BYTES_A_FACT = 900
PHONES, PUSHES_A_PHONE, PHONE_ROUNDS = 8, 40, 3
FEWEST, MOST = 20, 50

Figure = tuple[str, float, str]
"""Name, ratio, and what it was made of."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--only", action="append", choices=list(MEASURES), help="this figure (may come twice)"
    )
    parser.add_argument(
        "--facts", type=int, default=FACTS, help="facts stored for push_growth, for a quick try"
    )
    options = parser.parse_args()
    wanted = options.only or list(MEASURES)
    # Ended by another program: clean up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bench_push_") as folder:
        for measure in dict.fromkeys(MEASURES[name] for name in wanted):
            for name, ratio, made_of in measure(Path(folder), options.facts):
                if name not in wanted:
                    continue
                if options.json:
                    print(json.dumps({"figure": name, "value": round(ratio, 2), "unit": "ratio"}), flush=True)
                else:
                    print(f"{name} {ratio:.2f} ({made_of})", flush=True)


def over_floor(folder: Path, _facts: int) -> Iterator[Figure]:
    say(f"{PUSHES * PUSH:,} sales in {PUSHES} pushes, {ROUNDS} rounds: first, again, and by the floor")
    world, floor_world = World(folder / "ours"), World(folder / "floor")
    phone, floor_phone = Phone(world, 1), Phone(floor_world, 1)
    first: list[float] = []
    again: list[float] = []
    floor: list[float] = []
    with servers.outreach(world) as port, servers.floor(floor_world) as floor_port:
        line, floor_line = Line(port, world.tokens[0]), Line(floor_port, "")

        def push_twice() -> None:
            bodies = [phone.push(PUSH, phone.sale) for _ in range(PUSHES)]
            first.append(send(line, bodies, "applied"))
            again.append(send(line, bodies, "duplicate"))

        def push_to_floor() -> None:
            bodies = [floor_phone.push(PUSH, floor_phone.sale) for _ in range(PUSHES)]
            floor.append(send(floor_line, bodies, "applied"))

        take_turns(WARM_UP + ROUNDS, push_twice, push_to_floor)
    differ = differences(world, floor_world)
    if differ:
        raise SystemExit(f"the floor does not write what we write: {differ}")
    ours, replay, bare = (statistics.median(times[WARM_UP:]) for times in (first, again, floor))
    yield "push_vs_floor", ours / bare, f"{ms(ours)} over {ms(bare)}, medians of {ROUNDS}"
    yield "replay_vs_first", replay / ours, f"{ms(replay)} over {ms(ours)}, medians of {ROUNDS}"


def growth(folder: Path, facts: int) -> Iterator[Figure]:
    needed = BYTES_A_FACT * (facts + FEW_FACTS)
    if shutil.disk_usage(folder).free < needed:
        raise SystemExit(
            f"push_growth needs {needed / 1e9:.1f} GB in {folder.parent}: name another by TMPDIR, or --facts fewer"
        )
    worlds = []
    for name, count in (("few", FEW_FACTS), ("many", facts)):
        began = time.perf_counter()
        worlds.append(World(folder / name))
        years.fill(worlds[-1], count)
        size = worlds[-1].path.stat().st_size / 1e9
        say(
            f"filled {count:,} facts with their receipts, {size:.1f} GB, in {time.perf_counter() - began:.0f} s"
        )
    verify(worlds[0])
    say(f"pushes of {PUSH} mixed operations into both, {GROWTH_ROUNDS} rounds")
    with servers.outreach(worlds[0]) as few_port, servers.outreach(worlds[1]) as many_port:
        few_times: list[float] = []
        many_times: list[float] = []

        def pushing(world: World, port: int, times: list[float]) -> Callable[[], None]:
            phone, line = Phone(world, 2), Line(port, world.tokens[0])
            return lambda: times.append(send(line, [phone.push(PUSH, phone.mixed)], "applied"))

        take_turns(
            GROWTH_WARM_UP + GROWTH_ROUNDS,
            pushing(worlds[0], few_port, few_times),
            pushing(worlds[1], many_port, many_times),
        )
    few, many = (statistics.fmean(times[GROWTH_WARM_UP:]) for times in (few_times, many_times))
    yield "push_growth", many / few, f"{ms(many)} over {ms(few)}, means of {GROWTH_ROUNDS}"
    for world in worlds:
        shutil.rmtree(world.folder)


def eight_phones(folder: Path, _facts: int) -> Iterator[Figure]:
    say(
        f"{PHONES} phones push {FEWEST} to {MOST} mixed operations {PUSHES_A_PHONE} times, {PHONE_ROUNDS} rounds"
    )
    world = World(folder / "phones", phones=PHONES)
    rounds: list[tuple[float, float]] = []
    with servers.outreach(world) as port:
        lines = [Line(port, token) for token in world.tokens]
        for number in range(PHONE_ROUNDS + 1):
            phones = [Phone(world, 100 * number + n) for n in range(PHONES)]
            pushes = [[phone.any_size(FEWEST, MOST) for _ in range(PUSHES_A_PHONE)] for phone in phones]
            percentiles = statistics.quantiles(at_once(lines, pushes), n=100)
            if number:  # the first one warms up
                rounds.append((percentiles[98], percentiles[49]))
    slow, middle = sorted(rounds, key=lambda pair: pair[0] / pair[1])[len(rounds) // 2]
    made_of = (
        f"{ms(slow)} over {ms(middle)}, the median of {PHONE_ROUNDS} rounds of {PHONES * PUSHES_A_PHONE}"
    )
    yield "push_p99_vs_p50", slow / middle, made_of


def at_once(lines: list[Line], pushes: list[list[bytes]]) -> list[float]:
    """Seconds that each push of any phone took, when all phones begin together and none rests."""
    together = threading.Barrier(len(lines))
    answered: list[tuple[float, bytes]] = []

    def run(line: Line, bodies: list[bytes]) -> None:
        together.wait()
        for body in bodies:
            answered.append(line.send(body))

    threads = [threading.Thread(target=run, args=pair) for pair in zip(lines, pushes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(answered) != sum(map(len, pushes)):
        raise SystemExit("a phone lost its line")
    for _, answer in answered:
        expect(answer, "applied")
    return [seconds for seconds, _ in answered]


def send(line: Line, bodies: list[bytes], result: str) -> float:
    """Seconds for pushes one after another; each operation must end with this result."""
    answered = [line.send(body) for body in bodies]
    for _, answer in answered:
        expect(answer, result, PUSH)
    return sum(seconds for seconds, _ in answered)


def take_turns(rounds: int, one: Callable[[], None], other: Callable[[], None]) -> None:
    """Each once a round; who begins changes, so that neither always comes after the other."""
    for number in range(rounds):
        for act in (one, other) if number % 2 else (other, one):
            act()


def verify(world: World) -> None:
    """What was filled in must be what the write path would have left."""
    command = [sys.executable, "-m", "outreach_api.cli", "verify"]
    done = subprocess.run(command, env=world.environment, cwd=world.folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the facts that were filled in are not whole:\n{done.stdout}{done.stderr}")


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


MEASURES: dict[str, Callable[[Path, int], Iterator[Figure]]] = {
    "push_vs_floor": over_floor,
    "replay_vs_first": over_floor,
    "push_p99_vs_p50": eight_phones,
    "push_growth": growth,
}


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
