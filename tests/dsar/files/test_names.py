"""A name is for people to read: it leads nowhere, hides nothing, and has the ending of what the file is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.files.names import ENDINGS, LONGEST, safe_name

PDF, JPEG, PNG, TEXT = ENDINGS


@pytest.mark.parametrize(
    ("given", "content_type", "shown"),
    [
        ("passport.pdf", PDF, "passport.pdf"),
        ("Bank statement, März 2026.PDF", PDF, "Bank statement, März 2026.pdf"),
        ("photo.jpeg", JPEG, "photo.jpeg"),
        ("photo.webp", JPEG, "photo.jpg"),
        ("list.csv", TEXT, "list.txt"),
        ("invoice.pdf.exe", PDF, "invoice.pdf.pdf"),
        ("invoice.exe", PNG, "invoice.png"),
        ("page.html", TEXT, "page.txt"),
        ("Letter of 2.11.2026", PDF, "Letter of 2.11.2026.pdf"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        (r"C:\Users\joan\proof.png", PNG, "proof.png"),
        (r"..\..\x", PDF, "x.pdf"),
        ("C:proof.png", PNG, "C_proof.png"),
        ("a\u202efdp.exe", PDF, "afdp.pdf"),
        ("a\u2066\u200b\ufeffb.txt", TEXT, "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", TEXT, "a Set-Cookie_ x=1.txt"),
        ("a\0.php\0.png", PNG, "a.php.png"),
        ('"quoted" <b>.pdf', PDF, "_quoted_ _b_.pdf"),
        (".htaccess", TEXT, "htaccess.txt"),
        ("", PDF, "file.pdf"),
        ("...", PDF, "file.pdf"),
        (".pdf", PDF, "pdf.pdf"),
        ("\u202e", PDF, "file.pdf"),
        ("/", PDF, "file.pdf"),
        ("e\u0301t\u00e9.pdf", PDF, "été.pdf"),
        ("护照.jpg", JPEG, "护照.jpg"),
        ("x" * 300 + ".pdf", PDF, "x" * 96 + ".pdf"),
    ],
)
def test_a_name_as_it_is_shown(given: str, content_type: str, shown: str) -> None:
    assert safe_name(given, content_type) == shown


@given(name=st.text(max_size=150), content_type=st.sampled_from(list(ENDINGS)))
def test_any_name_is_safe_and_stays_as_it_is_once_made_safe(name: str, content_type: str) -> None:
    shown = safe_name(name, content_type)

    assert 5 <= len(shown) <= LONGEST
    assert shown.endswith(ENDINGS[content_type])
    assert not set(shown) & set('/\\<>:"|?*')
    assert not shown.startswith(".")
    assert not any(unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for one in shown)
    assert unicodedata.is_normalized("NFC", shown)
    assert safe_name(shown, content_type) == shown
