"""The deletions, written down outside the database too: after a restore from backup they can be applied again.

One line of JSON for each batch, in ``VAR_DIR/journal/deletions-YYYY.jsonl``: kinds and keys of rows, rule,
time; nothing of what stood in the rows. A line is written once its batch is committed, and :func:`catch_up` writes what
a crash left out. So a line may stand there twice, and one may be missing only if the database was lost in that very
moment: its rows are over their time and go with the next run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from portal.retention.models import Deletion


@dataclass(frozen=True)
class Line:
    """One batch, as it was written down."""

    id: str
    at: datetime
    rule: str
    holding: str
    action: str
    key: str
    rows: list[str]


def write(deletion: Deletion) -> None:
    """Append one deletion, and note that it is there. Raises OSError where that cannot be."""
    append(deletion)
    note([deletion.pk])


def append(deletion: Deletion) -> None:
    """Append one deletion, on disk when this returns. Raises OSError where that cannot be."""
    names = ("rule", "holding", "action", "key", "rows")
    line = {"id": str(deletion.pk), "at": deletion.at.isoformat(), **{name: getattr(deletion, name) for name in names}}
    _append(_path(deletion.at.year), json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def note(ids: Iterable[UUID]) -> None:
    """These deletions are in the journal. What is not noted is appended again by :func:`catch_up`, and read once."""
    Deletion.objects.filter(pk__in=list(ids)).update(journalled=True)


def catch_up() -> int:
    """Append what a crash, or a full disk, left out; how many lines. Raises OSError."""
    count = 0
    for deletion in Deletion.objects.filter(journalled=False).order_by("at").iterator(chunk_size=100):
        write(deletion)
        count += 1
    return count


def lines() -> Iterator[Line]:
    """Everything written down, oldest first, each batch once. A line cut short by a crash is passed over."""
    seen: set[str] = set()
    for path in sorted(_folder().glob("deletions-*.jsonl")):
        with path.open(encoding="utf-8") as file:
            for text in file:
                line = _read(text)
                if line is not None and line.id not in seen:
                    seen.add(line.id)
                    yield line


def _read(text: str) -> Line | None:
    try:
        said: dict[str, Any] = json.loads(text)
        return Line(**{**said, "at": datetime.fromisoformat(said["at"])})
    except (ValueError, TypeError, KeyError):
        return None


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # Were the last line cut short, ours would be lost with it.
        size = os.fstat(descriptor).st_size
        lead = b"" if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"
        data = lead + line.encode() + b"\n"
        if os.write(descriptor, data) != len(data):
            raise OSError("The disk is full.")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder() -> Path:
    folder: Path = settings.VAR_DIR
    return folder / "journal"


def _path(year: int) -> Path:
    return _folder() / f"deletions-{year}.jsonl"
