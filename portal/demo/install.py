"""One demo install: which organisation, which port, its folder, its secrets, its environment.

Imports no Django, so that the command line answers at once.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ROOT / "portal" / "organisation" / "files"
VAR = ROOT / "var"
DEFAULT_ORGANISATION = "open-e"
DEFAULT_PORT = "8000"


class Refused(Exception):
    """The demo cannot start as asked; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class Install:
    """The demo of one organisation. ``folder`` holds everything it writes."""

    slug: str
    port: int
    folder: Path

    @property
    def mail_folder(self) -> Path:
        return self.folder / "mail"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def environment(self, redis_port: int, smtp_port: int) -> dict[str, str]:
        """The environment of every process of this install.

        Settings of another install that happen to stand in the caller's environment do not leak in.
        """
        own = {
            "DEMO": "1",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / 'portal.sqlite3'}",
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "BASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONUNBUFFERED": "1",
            **{f"{name}_FILE": str(path) for name, path in self._secrets().items()},
        }
        foreign = {"ALLOWED_HOSTS", *(f"{name}_FILE" for name in own), *(name.removesuffix("_FILE") for name in own)}
        return {name: value for name, value in os.environ.items() if name not in foreign} | own

    def _secrets(self) -> dict[str, Path]:
        """Files with the install's secrets, made at its first start and readable by nobody else."""
        folder = self.folder / "secrets"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        paths = {}
        for name in ("SECRET_KEY", "LINK_KEYS", "SUPPRESSION_KEYS", "IDENTITY_KEYS", "FILE_KEYS"):
            path = paths[name] = folder / name.lower()
            if not path.exists():
                prefix = "demo:" if name.endswith("_KEYS") else ""
                path.touch(mode=0o600)
                path.write_text(prefix + secrets.token_urlsafe(48), encoding="ascii")
        return paths


def organisations() -> list[str]:
    """The slugs that ship with the portal."""
    return sorted(path.stem for path in FILES.glob("*.toml"))


def chosen() -> dict[str, str]:
    """What the caller set of ORGANISATION, PORT and DEMO_VAR; make hands on empty what was not set."""
    return {name: os.environ[name] for name in ("ORGANISATION", "PORT", "DEMO_VAR") if os.environ.get(name)}


def from_environment() -> Install:
    """The install that ORGANISATION and PORT choose; raises :class:`Refused` on a value that chooses none."""
    given = chosen()
    slug = given.get("ORGANISATION", DEFAULT_ORGANISATION)
    if slug not in organisations():
        raise Refused(
            f"ORGANISATION={slug}: there is no such organisation; choose one of {', '.join(organisations())}."
        )
    port = given.get("PORT", DEFAULT_PORT)
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise Refused(f"PORT={port}: a port is a number from 1 to 65535.")
    return Install(slug, int(port), Path(given.get("DEMO_VAR", VAR)).resolve() / slug)
