"""docs/settings.md shows every variable the portal reads, with its true kind, default and purpose, and no other."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "settings.md"
READ_SETTINGS = """
import json, dataclasses
from portal import settings
from portal.environment import DECLARED
print(json.dumps([str(settings.BASE_DIR), [dataclasses.astuple(v) for v in DECLARED.values()]]))
"""
SECRET = "0123456789" * 5


def declared() -> list[str]:
    """The rows of the table as a production install declares them."""
    production = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": SECRET,
        "LINK_KEYS": f"a:{SECRET}",
        "SUPPRESSION_KEYS": f"a:{SECRET}",
        "IDENTITY_KEYS": f"a:{SECRET}",
        "FILE_KEYS": f"a:{SECRET}",
        "BASE_URL": "https://privacy.example.org",
        "ALLOWED_HOSTS": "privacy.example.org",
        "SMTP_URL": "smtp://localhost",
    }
    words = [sys.executable, "-c", READ_SETTINGS]
    done = subprocess.run(words, env=production, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    folder, variables = json.loads(done.stdout)
    return [row(*(words.replace(folder, "…") for words in variable)) for variable in variables]


def row(name: str, kind: str, default: str, help: str) -> str:
    shown = default if default in {"required", "empty", "yes", "no"} else f"`{default}`"
    return f"| `{name}` | {kind} | {shown} | {help} |"


def test_the_table_is_what_the_settings_declare() -> None:
    in_document = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert in_document == declared(), "the table should read:\n" + "\n".join(declared())


def test_every_variable_has_words_for_an_operator() -> None:
    assert all(line.count("|") == 5 and line.rstrip(" |")[-1] in ".;)" for line in declared())
