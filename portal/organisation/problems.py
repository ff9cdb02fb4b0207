"""What is wrong with an organisation file, said so that it can be put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault: the file, the table and key it stands in (empty where the whole file is at fault), what is
    wrong, and what to do."""

    file: str
    table: str
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = " ".join(part for part in (f"[{self.table}]" if self.table else "", self.key) if part)
        return f"{self.file}{': ' + place if place else ''}: {self.message} {self.remedy}"


class OrganisationFileError(Exception):
    """The file cannot be used. Nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
