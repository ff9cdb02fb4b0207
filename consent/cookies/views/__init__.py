"""The cookie page, what can be done on it, and what can be taken away from it."""
