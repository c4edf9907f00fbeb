"""Which places, on which day, in which order: a prize-collecting vehicle routing problem with time windows.

Pure: plain values in (problem.py), plain values out (answer.py), no database and no request. `solve.solve` is the way
in; `schedule.schedule` is the one judge of times, `inserting.cheapest_insertion` tells why a place is not in a route.
NumPy and PyVRP are imported by the engines when they run, so that importing these types costs nothing.
"""
