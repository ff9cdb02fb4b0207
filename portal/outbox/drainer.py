"""Placeholder."""


def drain() -> None:
    """Placeholder."""
