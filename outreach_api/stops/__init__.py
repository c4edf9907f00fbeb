"""Where and when the van may stand: positions, permissions, opening windows."""
