"""The demo inbox: what arrives is kept whole, listed newest first, and shown without giving it any power."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from portal.demo import inbox, mailbox
from portal.demo.processes import end, free_port, spawn


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = inbox.folder()
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    inbox.delete_all()


def letter(subject: str = "Did you ask for Product News?", html: str = "<p>Hello <b>Joan</b></p>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Open-E <privacy@open-e.com>"
    message["To"] = "joan.archer@example.org"
    message["Subject"] = subject
    message.set_content("Hello Joan, see http://localhost:8000/preferences/abc/ please.")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def arrive(folder: Path, message: EmailMessage) -> str:
    return mailbox.save(folder, message.as_bytes())


pytestmark = pytest.mark.django_db


def test_an_empty_inbox_says_what_to_do(client: Client, folder: Path) -> None:
    page = client.get(reverse("demo_mails"))
    assert "No mails yet" in page.content.decode()
    assert page.status_code == 200
    assert "No mail yet" in page.text


def test_mails_are_listed_newest_first(client: Client, folder: Path) -> None:
    arrive(folder, letter("First letter"))
    arrive(folder, letter("Second letter"))
    text = client.get(reverse("demo_mails")).text
    assert 0 < text.index("Second letter") < text.index("First letter")


def test_only_the_newest_hundred_are_listed_and_the_page_says_so(client: Client, folder: Path) -> None:
    for number in range(103):
        arrive(folder, letter(f"Letter {number}"))
    text = client.get(reverse("demo_mails")).text
    assert "3 older mails are not listed." in text
    assert "Letter 102" in text
    assert "Letter 2<" not in text


def test_a_mail_shows_its_text_its_headers_and_a_frame(client: Client, folder: Path) -> None:
    name = arrive(folder, letter())
    page = client.get(reverse("demo_mail", args=[name]))
    assert 'href="http://localhost:8000/preferences/abc/"' in page.text
    assert "Subject: Did you ask for Product News?" in page.text
    assert f'src="{reverse("demo_mail_html", args=[name])}"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_mail_without_html_says_so(client: Client, folder: Path) -> None:
    name = arrive(folder, letter(html=""))
    text = client.get(reverse("demo_mail", args=[name])).text
    assert "no HTML part" in text
    assert "<iframe" not in text


def test_the_html_part_may_do_nothing_but_look(client: Client, folder: Path) -> None:
    name = arrive(
        folder, letter(html="<html><head><title>x</title></head><body><a href='/preferences/'>x</a></body></html>")
    )
    answer = client.get(reverse("demo_mail_html", args=[name]))
    rules = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "style-src 'unsafe-inline'" in rules
    assert "sandbox allow-popups" in rules
    assert "script-src" not in rules
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_top">' in answer.text


def test_a_mail_is_never_taken_for_html_of_the_page(client: Client, folder: Path) -> None:
    name = arrive(folder, letter(subject="<script>alert(1)</script>"))
    assert "<script>" not in client.get(reverse("demo_mails")).text
    assert "<script>" not in client.get(reverse("demo_mail", args=[name])).text


@pytest.mark.parametrize("name", ["20260317T101600.000000Z-00000000.eml", "..%2F..%2Fsettings.py", "portal.sqlite3"])
def test_a_name_that_is_no_mail_is_not_found(client: Client, folder: Path, name: str) -> None:
    assert client.get(f"/demo/mail/{name}/").status_code == 404
    assert inbox.read("../prepared") is None


def test_deleting_empties_the_inbox_and_only_a_post_does(client: Client, folder: Path) -> None:
    arrive(folder, letter())
    assert client.get(reverse("demo_mails_delete")).status_code == 405
    assert len(inbox.names()) == 1
    page = client.post(reverse("demo_mails_delete"), follow=True)
    assert "1 mail deleted." in page.text
    assert inbox.names() == []
    assert "There was nothing to delete." in client.post(reverse("demo_mails_delete"), follow=True).text


@pytest.mark.process
def test_the_mail_server_keeps_one_whole_file_a_mail(tmp_path: Path) -> None:
    import sys
    import time

    port = free_port()
    server = spawn([sys.executable, "-m", "portal.demo.mailbox", str(port), str(tmp_path / "mail")])
    try:
        until = time.monotonic() + 20
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=5) as link:
                    link.send_message(letter("One"))
                    link.send_message(letter("Two"))
                break
            except ConnectionRefusedError:
                assert time.monotonic() < until
                time.sleep(0.05)
        kept = sorted((tmp_path / "mail").iterdir())
        assert [b"One" in path.read_bytes() or b"Two" in path.read_bytes() for path in kept] == [True, True]
        assert b"One" in kept[0].read_bytes()
        assert all(path.suffix == ".eml" for path in kept)
    finally:
        assert end(server) == 0
