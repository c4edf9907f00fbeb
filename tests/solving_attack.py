"""Somebody with a solver (CP-SAT) who has every public answer: which counts are still possible, exactly?

They know which visits there were, how figures are told, and the exact head counts that we tell ourselves. What they
can't know are the counts of groups and the draws. A value counts as possible only if some counts and draws, told by
our own rules, give every answer that was seen; so what stays possible does not depend on how well the solver's model
follows those rules. A value is excluded when the model, which allows no less than the rules do, has no solution.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple, Protocol

from ortools.sat.python import cp_model

from outreach_api.reports.releases import rules
from outreach_api.reports.releases.rules import BASE, DRAW_BITS, FEWEST, LEAST_LEFT
from schemas.vocabulary import AgeGroup

GROUPS = tuple(AgeGroup)
NOT_SAID = GROUPS.index(AgeGroup.NOT_SAID)
ENOUGH = 3
"""So many values must stay possible."""
_MOST = 60

Counts = tuple[int, ...]
"""Of the groups, in their order."""


class Atom(NamedTuple):
    release: int
    visit: int
    group: int


class Seen(NamedTuple):
    """A public answer: by a release, some visits together were told as so many in some groups together."""

    release: int
    visits: frozenset[int]
    groups: frozenset[int]
    value: int


@dataclass
class Known:
    """All that is public. `heads`: exact head counts of visits, by release."""

    visits: int
    releases: int
    seen: set[Seen] = field(default_factory=set)
    heads: dict[tuple[int, int], int] = field(default_factory=dict)


class Way(Protocol):
    """A way to tell counts, as a model and as it is."""

    def model(self, attack: Attack, visit: int) -> None:
        """Tie what is told of a visit, by every release, to its counts."""

    def agrees(self, attack: Attack, visit: int, counts: Sequence[Counts]) -> bool:
        """Whether these counts by release may really be told as the solver says."""


class Attack:
    """One model of everything that was seen; asked again and again for a world that is new."""

    def __init__(self, known: Known, way: Way) -> None:
        self.known, self.way = known, way
        self.model = cp_model.CpModel()
        self.counts: dict[Atom, Any] = {}
        self.told: dict[Atom, Any] = {}
        self.hidden: dict[Any, Any] = {}
        """What the way of telling adds: its draws, and whether a visit was told as a whole."""
        self.solver = cp_model.CpSolver()
        self.solver.parameters.num_workers = 1
        self.solver.parameters.random_seed = 1
        for visit in range(known.visits):
            for release in range(known.releases):
                for group in range(len(GROUPS)):
                    atom = Atom(release, visit, group)
                    self.counts[atom] = self.model.new_int_var(0, _MOST, f"count {atom}")
                    self.told[atom] = self.model.new_int_var(0, 8 * _MOST, f"told {atom}")
                if (visit, release) in known.heads:
                    self.model.add(sum(self.of(self.counts, release, visit)) == known.heads[visit, release])
            way.model(self, visit)
        for seen in known.seen:
            told = [self.told[Atom(seen.release, *both)] for both in product(seen.visits, seen.groups)]
            self.model.add(sum(told) == seen.value)

    def of(self, table: dict[Atom, Any], release: int, visit: int) -> list[Any]:
        return [table[Atom(release, visit, group)] for group in range(len(GROUPS))]

    def narrowed(self, truth: Sequence[Sequence[Counts]], wanted: Iterable[Atom]) -> dict[Atom, set[int]]:
        """Of these atoms those for which fewer than ENOUGH values are possible, with the values.

        `truth`: by release and visit; it is one world that fits, whatever the solver finds.
        """
        left = {atom: {truth[atom.release][atom.visit][atom.group]} for atom in wanted}
        narrow: dict[Atom, set[int]] = {}
        while left:
            world = self._another(left)
            if world is None:
                return narrow | left
            for atom in list(left):
                left[atom].add(world[atom])
                if len(left[atom]) >= ENOUGH:
                    del left[atom]
        return narrow

    def _another(self, left: dict[Atom, set[int]]) -> dict[Atom, int] | None:
        """A world in which at least one of these has a value that none before it had; as many of them as is quick."""
        news = []
        for atom, values in left.items():
            new = self.model.new_bool_var("")
            for value in values:
                self.model.add(self.counts[atom] != value).only_enforce_if(new)
            news.append(new)
        asked = self.model.clone()
        asked.add(sum(news) >= 1)
        asked.maximize(sum(news))
        while True:
            self.solver.parameters.max_deterministic_time = 0.5
            status = self.solver.solve(asked)
            if status == cp_model.UNKNOWN:
                self.solver.parameters.max_deterministic_time = 60
                asked.clear_objective()
                status = self.solver.solve(asked)
            if status == cp_model.INFEASIBLE:
                return None
            assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE), self.solver.status_name(status)
            wrong = [visit for visit in range(self.known.visits) if not self._is_real(visit)]
            if not wrong:
                return {atom: self.solver.value(count) for atom, count in self.counts.items()}
            for visit in wrong:
                self._forbid(asked, visit)

    def _is_real(self, visit: int) -> bool:
        counts = [
            tuple(self.solver.value(count) for count in self.of(self.counts, release, visit))
            for release in range(self.known.releases)
        ]
        return self.way.agrees(self, visit, counts)

    def _forbid(self, asked: cp_model.CpModel, visit: int) -> None:
        """These counts of a visit can't be told so, whatever its draws are."""
        of_visit = [
            *(self.counts[atom] for atom in self.counts if atom.visit == visit),
            *(self.hidden[visit, "whole", release] for release in range(self.known.releases)),
            *(self.hidden[visit, "draw", group] for group in range(len(GROUPS))),
        ]
        found = [self.solver.value(variable) for variable in of_visit]
        for model in (asked, self.model):
            model.add_forbidden_assignments(of_visit, [found])

    def rest(self, expression: Any) -> Any:
        """What is left over of fives."""
        fives, rest = self.model.new_int_var(0, _MOST, ""), self.model.new_int_var(0, BASE - 1, "")
        self.model.add(expression == BASE * fives + rest)
        return rest

    def yes_if(self, expression: Any, least: int) -> Any:
        """Whether an expression is at least so large."""
        yes = self.model.new_bool_var("")
        self.model.add(expression >= least).only_enforce_if(yes)
        self.model.add(expression < least).only_enforce_if(yes.negated())
        return yes


class OurRules:
    """As reports/releases/rules.py tells. The model lets any visit be told as a whole whose roundings might balance one
    that would give away; whether it really may, with one draw for all releases, the rules themselves say."""

    def model(self, attack: Attack, visit: int) -> None:
        model, hidden = attack.model, attack.hidden
        draws = [model.new_int_var(0, BASE - 1, "") for _ in GROUPS]
        whole_draw = model.new_int_var(0, BASE - 1, "")
        for group, draw in enumerate(draws):
            hidden[visit, "draw", group] = draw
        hidden[visit, "whole draw"] = whole_draw
        for release in range(attack.known.releases):
            counts = attack.of(attack.counts, release, visit)
            total = model.new_int_var(0, len(GROUPS) * _MOST, "")
            model.add(total == sum(counts))
            drawn = [self.rounded(attack, count, draw) for count, draw in zip(counts, draws, strict=True)]
            whole = model.new_bool_var("")
            hidden[visit, "whole", release] = whole
            few = attack.yes_if(FEWEST - 1 - total, 0)
            least = sum(value - (BASE - 1) * attack.yes_if(value, 1) for value in drawn)
            most = sum(value + BASE - 1 for value in drawn)
            gives_away = [
                attack.yes_if(LEAST_LEFT - 1 - (total - least), 0),
                attack.yes_if(LEAST_LEFT - 1 - (most - total), 0),
            ]
            for reason in (few, *gives_away):
                model.add_implication(reason, whole)
            balances = self._balances(attack, counts, sum(drawn) - total)
            model.add_bool_or([few, *gives_away, *balances]).only_enforce_if(whole)
            together = self.rounded(attack, total, whole_draw, most=len(GROUPS) * _MOST)
            for group, told in enumerate(attack.of(attack.told, release, visit)):
                model.add(told == (together if group == NOT_SAID else 0)).only_enforce_if(whole)
                model.add(told == drawn[group]).only_enforce_if(whole.negated())

    def _balances(self, attack: Attack, counts: list[Any], off: Any) -> list[Any]:
        """Whether it may be told as a whole for the mean's sake: if other roundings of the same counts give away.

        The nearest to its least tells (x-1) mod 5 more than that of each group with somebody, that to its most 4 - x
        mod 5. The first is told too high, so a low one balances it; the second the other way round.
        """
        above = [
            attack.rest(count + BASE - 1) - (BASE - 1) * (1 - attack.yes_if(count, 1)) for count in counts
        ]
        below = [BASE - 1 - attack.rest(count) for count in counts]
        balances = []
        for left, far in ((sum(above), -off), (sum(below), off)):
            may = attack.model.new_bool_var("")
            attack.model.add(left < LEAST_LEFT).only_enforce_if(may)
            attack.model.add(far >= 1).only_enforce_if(may)
            balances.append(may)
        return balances

    @staticmethod
    def rounded(attack: Attack, count: Any, draw: Any, most: int = _MOST) -> Any:
        """5·⌊(x + u)/5⌋"""
        fives = attack.model.new_int_var(0, most // BASE + 1, "")
        rest = attack.model.new_int_var(0, BASE - 1, "")
        attack.model.add(count + draw == BASE * fives + rest)
        return BASE * fives

    def agrees(self, attack: Attack, visit: int, counts: Sequence[Counts]) -> bool:
        """Looks for a draw of the balance with which the rules tell each release as the solver says."""
        value, hidden = attack.solver.value, attack.hidden
        draws = [value(hidden[visit, "draw", group]) for group in range(len(GROUPS))]
        least, most = 0, 1 << DRAW_BITS
        for release, of_release in enumerate(counts):
            balance = rules._balance(tuple(sorted(of_release)))
            if not balance.n:
                continue
            cut = -(-(balance.n << DRAW_BITS) // balance.m)
            drawn = [rules.rounded(count, draw) for count, draw in zip(of_release, draws, strict=True)]
            off = sum(drawn) - sum(of_release)
            if off == 0 or (off < 0) != balance.below or rules.gives_away(drawn, sum(of_release)):
                continue
            if value(hidden[visit, "whole", release]):
                most = min(most, cut)
            else:
                least = max(least, cut)
        chance = least if least < most else 0
        given = {group.value: draw for group, draw in zip(GROUPS, draws, strict=True)}
        given |= {"balance": chance, "whole": value(hidden[visit, "whole draw"])}
        return all(
            rules.told_of_visit(dict(zip(GROUPS, of_release, strict=True)), given.__getitem__)
            == {
                group.value: value(told)
                for group, told in zip(GROUPS, attack.of(attack.told, release, visit), strict=True)
                if value(told)
            }
            for release, of_release in enumerate(counts)
        )


class Rounding:
    """Control: the same rounding of every group, but no visit is told as a whole."""

    def model(self, attack: Attack, visit: int) -> None:
        for group in range(len(GROUPS)):
            draw = attack.model.new_int_var(0, BASE - 1, "")
            for release in range(attack.known.releases):
                atom = Atom(release, visit, group)
                told = OurRules.rounded(attack, attack.counts[atom], draw)
                attack.model.add(attack.told[atom] == told)

    def agrees(self, attack: Attack, visit: int, counts: Sequence[Counts]) -> bool:
        return True


class Exact(Rounding):
    """Control: exact figures, of which small ones are left out (plain suppression)."""

    def model(self, attack: Attack, visit: int) -> None:
        for atom, count in attack.counts.items():
            if atom.visit == visit:
                attack.model.add(attack.told[atom] == count)
