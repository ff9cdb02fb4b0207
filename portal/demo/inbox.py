"""Reading the mails that the demo's mail server kept. A name here is a file's name, never a path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings

NAME = r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}\.eml"


@dataclass(frozen=True)
class Mail:
    """One kept mail: its file's name, when it came (UTC), and what is in it."""

    name: str
    arrived: datetime
    message: EmailMessage
    source: str

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def recipient(self) -> str:
        return str(self.message["To"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def text(self) -> str:
        """The plain part; empty if there is none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty if there is none."""
        return self._part("html")

    @property
    def headers(self) -> str:
        """The headers as they came over the wire."""
        return re.split(r"\r?\n\r?\n", self.source, maxsplit=1)[0]

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


def folder() -> Path:
    """Where the demo's mail server keeps its files."""
    return Path(settings.VAR_DIR) / "mail"


def names() -> list[str]:
    """The names of all kept mails, newest first."""
    if not folder().is_dir():
        return []
    return sorted((path.name for path in folder().iterdir() if re.fullmatch(NAME, path.name)), reverse=True)


def read(name: str) -> Mail | None:
    """The mail of that name; None if there is none, or it was just deleted."""
    if not re.fullmatch(NAME, name):
        return None
    try:
        content = (folder() / name).read_bytes()
    except FileNotFoundError:
        return None
    message = BytesParser(policy=policy.default).parsebytes(content)
    arrived = datetime.strptime(name.partition("Z")[0], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    return Mail(name, arrived, message, content.decode("utf-8", errors="replace"))


def newest(count: int) -> Iterator[Mail]:
    """The newest mails, newest first."""
    for name in names()[:count]:
        mail = read(name)
        if mail is not None:
            yield mail


def delete_all() -> int:
    """Delete every kept mail; returns how many there were."""
    all_names = names()
    for name in all_names:
        (folder() / name).unlink(missing_ok=True)
    return len(all_names)
