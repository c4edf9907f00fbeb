"""The `outreach` command: entry.py lists its groups of commands, one module each."""

from outreach_api.cli.entry import main

__all__ = ["main"]
