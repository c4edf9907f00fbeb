"""Releases: the figures that leave the house, rounded once and for ever. See README, "Figures that leave the house"."""
