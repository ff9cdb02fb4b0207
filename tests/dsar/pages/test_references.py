"""A reference is read out on the phone and typed from a letter; nobody takes it for the code beside it in a mail."""

from __future__ import annotations

import re

from accounts.codes import ALPHABET
from dsar.models import new_reference


def test_a_reference_never_looks_like_a_code() -> None:
    for _draw in range(500):
        reference = new_reference()
        assert re.fullmatch(r"R-[B-Z2-9]{4}-[B-Z2-9]{4}", reference)
        assert not set(reference.removeprefix("R-").replace("-", "")) <= set(ALPHABET)
