"""An invented quarter of Matsudo, sent through the write path that phones use: to look at, and to try things on."""
