"""docs/organisation-file.md documents every key, because it is written from the schema."""

from pathlib import Path

import pytest

from portal.organisation import loader, reference
from portal.organisation.schema import PORTAL_CATEGORIES, PORTAL_RULES


def test_the_document_is_in_step_with_the_schema() -> None:
    written = reference.DOCUMENT.read_text(encoding="utf-8")
    assert written.partition(reference.MARK)[2].strip() == reference.text().strip(), (
        "The schema changed. Run: python -m portal.organisation.reference"
    )


def test_every_table_and_key_is_in_the_document() -> None:
    document = reference.DOCUMENT.read_text(encoding="utf-8")
    for table in reference.tables():
        assert not table.path or f"[{table.path.replace('*', 'CODE')}]" in document
    for key in reference.every_key():
        assert f"`{key.name}`" in document, key.path


def test_every_key_has_a_meaning_of_its_own() -> None:
    assert [key.path for key in reference.every_key() if len(key.meaning) < 5] == []


def test_the_document_names_what_every_file_must_have() -> None:
    head = reference.DOCUMENT.read_text(encoding="utf-8").partition(reference.MARK)[0]
    assert [code for code in (*PORTAL_RULES, *PORTAL_CATEGORIES) if f"`{code}`" not in head] == []
    assert [slug for slug in loader.shipped() if slug not in head] == []


def test_writing_keeps_what_stands_above_the_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "DOCUMENT", tmp_path / "organisation-file.md")
    reference.DOCUMENT.write_text(f"# Words of ours\n\n{reference.MARK}\n\nold\n", encoding="utf-8")
    reference.write()
    assert (
        reference.DOCUMENT.read_text(encoding="utf-8") == f"# Words of ours\n\n{reference.MARK}\n\n{reference.text()}"
    )


@pytest.mark.parametrize(
    ("path", "kind", "required"),
    [
        ("slug", "text", True),
        ("topics", "table by code", True),
        ("topics.*.channels", "list of `email` or `sms` or `phone` or `post`", True),
        ("topics.*.confirmation", "true or false", False),
        ("retention.*.from", "", True),
        ("retention.*.period", "period", True),
        ("contracts.*.retention", "period by code", False),
        ("notices.*.changes", "list of table", False),
        ("notices.*.changes.*.date", "text", True),
        ("marketing.minimum_age", "number", False),
        ("rights.offered.*.response", "period", False),
    ],
)
def test_a_key_is_described_as_the_schema_has_it(path: str, kind: str, required: bool) -> None:
    key = next(key for key in reference.every_key() if key.path == path)
    assert key.required is required
    assert not kind or key.kind == kind
