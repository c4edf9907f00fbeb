"""The bounds of what stands on receipts and tickets: no sum of them comes near 64 bits."""

from schemas.vocabulary import MONEY

HIGHEST_PRICE_YEN = 1_000_000
"""Of one piece."""
MOST_LINES = 50
MOST_KEPT_LINES = 1_000
"""A line of a set becomes one for each of its parts."""
MOST_PIECES = 1_000
MOST_RUSH_YEN = 10_000_000
"""A whole day's till, when paper totals are entered as one amount."""
MOST_TICKETS = 1_000
HIGHEST_FACE_YEN = 10_000
USUAL_FACE_YEN = 100
WAYS = len(MONEY) + 1
"""In which one receipt may be paid: the three that bring money, and tickets."""
