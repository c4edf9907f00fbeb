"""Pure words that every floor shares: no Flask, no database, no clock of their own except utc_now()."""
