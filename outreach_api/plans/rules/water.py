"""The fresh water of a day: what a stay takes, and where the tank is empty before a stay is over.

A van leaves with a full tank and fills it at every stop that has water. Waste water is not reckoned with: who fills the
one empties the other. Numbers of litres are whole, what is used rounded up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outreach_api.plans.rules.facts import Limits, Mend, PlanFacts, Stay, StopFacts, Violation
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import Numbers, hard, kept, move
from schemas.vocabulary import Remedy


def litres(stop: StopFacts, minutes: int, limits: Limits) -> int:
    """What a stay of so many minutes takes out of the tank."""
    return 0 if stop.water else -(-minutes * limits.water_per_hour // 60)


def of_water(stays: Sequence[Stay], plan: PlanFacts) -> Iterator[Violation]:
    """The first stay at which the tank runs dry; `stays` in the order of their arrival."""
    tank = plan.van.water_litres
    if tank is None:
        return
    left = tank
    for stay in stays:
        if stay.stop.water:
            left = tank
            continue
        begins, ends = minute_of(stay.arrive), minute_of(stay.depart)
        needed = litres(stay.stop, ends - begins, plan.limits)
        if needed > left:
            # Half as long at least, else it is no stay any more.
            enough = left * 60 // plan.limits.water_per_hour
            shorter = move(stay, begins, begins + enough) if 2 * enough >= ends - begins else None
            numbers: Numbers = {
                "needed_litres": needed,
                "left_litres": left,
                "tank_litres": tank,
                "missing_litres": needed - left,
                **(
                    {} if shorter is None or shorter.depart is None else {"depart": f"{shorter.depart:%H:%M}"}
                ),
            }
            other = Mend(what=Remedy.OTHER_VAN)
            way = "" if shorter is None else "end"
            yield hard("water_runs_out", stay, mends=(*kept(shorter), other), way=way, numbers=numbers)
            return
        left -= needed
