"""Flask plumbing: a request is one unit of work; who asks, in which language, and how errors look."""
