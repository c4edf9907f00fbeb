"""Tables and the session. A row is what was accepted; nothing here knows HTTP, roles or rules."""
