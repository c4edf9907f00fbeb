"""PyVRP's iterated local search in units, as one of the searches over several shifts.

Wouda, Lan and Kool, "PyVRP: A High-Performance VRP Solver Package", INFORMS Journal on Computing 36 (2024). A unit is
counted in iterations, so that the same units have the same answer. The first begins from nothing, as what is far from a
plan may be better; each further one from the best plan that anybody found so far, which brought more than one long run
(Solomon's problems after five seconds: 0.01 % above the optima, 0.17 % without). Its orders are judged as everybody's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from outreach_api.plans.solver.placing import Placing
from outreach_api.plans.solver.pyvrp_model import Model, Orders

_EPSILON = 1e-9


class PyvrpSearch:
    """`between` is called before each iteration and may raise: then the unit's best is lost."""

    def __init__(self, placing: Placing, seed: int, between: Callable[[], None]) -> None:
        import pyvrp
        from pyvrp.search import LocalSearch, PerturbationManager, compute_neighbours

        self._placing, self._between = placing, between
        self._model = Model(placing)
        data, params = self._model.data, pyvrp.SolveParams()
        between()
        self._chance = pyvrp.RandomNumberGenerator(seed=seed)
        neighbours = compute_neighbours(data, params.neighbourhood)
        self._moves: Any = LocalSearch(
            data, self._chance, neighbours, PerturbationManager(params.perturbation)
        )
        for operator in params.operators:
            if operator.supports(data):
                self._moves.add_operator(operator(data))
        self._penalties = pyvrp.PenaltyManager(params.penalty.midpoint_penalties(data), params.penalty)
        self._params = params.ils
        self._last: tuple[float, Any] | None = None

    def steps(self, number: int, best: Orders) -> Orders:
        """Some iterations from the best plan that it knows; what they found if it is better than `best`, else that."""
        import pyvrp

        left = number

        def over(cost: float) -> bool:
            nonlocal left
            self._between()
            left -= 1
            return left < 0

        worth = self._placing.plan(best).worth
        begin = self._begin(best, worth)
        search = pyvrp.IteratedLocalSearch(
            self._model.data, self._penalties, self._moves, begin, self._params
        )
        solution = search.run(over, collect_stats=False, display=False).best
        if not solution.is_feasible():
            self._last = (float("-inf"), solution)
            return best
        orders = self._model.orders(solution)
        found = self._placing.plan(orders).worth
        self._last = (found, solution)
        return orders if found > worth + _EPSILON else best

    def _begin(self, best: Orders, worth: float) -> Any:
        if self._last is None:
            import pyvrp

            anywhere = pyvrp.Solution.make_random(self._model.data, self._chance)
            return self._moves(anywhere, self._penalties.max_cost_evaluator(), exhaustive=True)
        known, solution = self._last
        return self._model.solution(best) if worth > known + _EPSILON else solution
