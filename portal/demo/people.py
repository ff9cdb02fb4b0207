"""The demo's people, made through the same flows as everybody else."""


def create() -> None:
    """To be completed below."""
