"""How long drives take. `look_up` asks the roads about what is not kept yet; `known` answers from what is kept.

Whoever holds a transaction uses `known`: nobody may wait for a road server while others wait for the database. What
the roads have not said, or know no way to, is an estimate, leg by leg, and is told as one.
"""

from outreach_api.plans.travel.estimates import Estimates
from outreach_api.plans.travel.kept import drives, forget_old, known, look_up
from outreach_api.plans.travel.matrix import Matrix, Provider
from outreach_api.plans.travel.osrm import Osrm, OsrmFault

__all__ = ["Estimates", "Matrix", "Osrm", "OsrmFault", "Provider", "drives", "forget_old", "known", "look_up"]
