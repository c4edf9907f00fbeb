"""Reach against need, by arithmetic alone: arrays of cells and people in, arrays of figures out.

Coverage says that a stop was near enough; reach says who came. The two are different, and both are shown.
"""
