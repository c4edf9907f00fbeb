"""Weeks are closed: what a report said then is kept, and what comes later is told as a restatement. See README."""
