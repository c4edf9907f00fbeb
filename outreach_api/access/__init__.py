"""Who may come in, as what, for which van: people, shifts, tokens, the audit."""
