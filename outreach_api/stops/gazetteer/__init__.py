"""The offline gazetteer: lists of places as Japan publishes them, imported, and looked up by address."""
