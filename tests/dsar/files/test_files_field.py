"""Several files in one ordinary file input: all of them come in, or none does and the form says why."""

from __future__ import annotations

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from dsar.files import limits
from dsar.files.fields import FilesField
from dsar.files.inspection import Inspected
from tests.dsar.files import samples
from tests.dsar.files.samples import HTML, upload


class Upload(forms.Form):
    attached = FilesField(label="Files", required=False)


class Proof(forms.Form):
    attached = FilesField(label="Proof")


def sent(*uploads: SimpleUploadedFile, form: type[forms.Form] = Upload, already: int = 0) -> forms.Form:
    made = form({}, MultiValueDict({"attached": list(uploads)}))
    field = made.fields["attached"]
    assert isinstance(field, FilesField)
    field.already = already
    return made


def errors(form: forms.Form) -> list[str]:
    assert not form.is_valid()
    return [str(one) for one in form.errors["attached"]]


def text(number: int = 1, size: int = 10) -> SimpleUploadedFile:
    return upload(b"a" * size, f"letter-{number}.txt")


def test_several_files_come_in_at_once_in_their_order() -> None:
    form = sent(upload(samples.printed_pdf(), "a.pdf"), upload(samples.picture("WEBP"), "b.webp"), text())

    assert form.is_valid()
    files: list[Inspected] = form.cleaned_data["attached"]
    assert [(one.name, one.content_type) for one in files] == [
        ("a.pdf", "application/pdf"),
        ("b.jpg", "image/jpeg"),
        ("letter-1.txt", "text/plain"),
    ]


def test_nothing_chosen_is_an_empty_list_or_a_missing_answer() -> None:
    form = sent()
    assert form.is_valid()
    assert form.cleaned_data["attached"] == []
    assert Upload({}, MultiValueDict()).is_valid()
    assert errors(sent(form=Proof)) == ["This field is required."]


def test_one_bad_file_keeps_all_out_and_each_problem_is_told_by_name() -> None:
    found = errors(sent(text(), upload(HTML, "../page\u202e.html"), upload(b"", "empty.pdf")))

    assert len(found) == 3
    assert found[0].startswith("page.html: This is a web page")
    assert found[1].startswith("empty.pdf: This file is empty.")
    assert found[2].startswith("Nothing was sent. Please choose your files again")


def test_a_file_without_a_name_has_its_problem_told_too() -> None:
    assert errors(sent(upload(b"", "...")))[0].startswith("This file is empty.")


def test_too_many_at_once_are_not_opened() -> None:
    assert sent(*map(text, range(limits.MOST_FILES))).is_valid()
    found = errors(sent(*[upload(HTML)] * (limits.MOST_FILES + 1)))
    assert found[0] == "You chose 6 files. Send at most 5 at a time."


@pytest.mark.parametrize(
    ("already", "chosen", "words"),
    [
        (48, 2, None),
        (48, 3, "has room for 2 more"),
        (49, 2, "has room for one more"),
        (50, 1, "Write to us instead"),
        (70, 1, "Write to us instead"),
        (50, 0, None),
    ],
)
def test_a_request_holds_fifty(already: int, chosen: int, words: str | None) -> None:
    form = sent(*map(text, range(chosen)), already=already)
    assert form.is_valid() if words is None else words in errors(form)[0]


def test_files_that_are_too_large_together_are_not_opened() -> None:
    large = [text(number, limits.MOST_BYTES) for number in range(3)]
    assert "25 MB together" in errors(sent(*large))[0]
    assert sent(*large[:2]).is_valid()


def test_it_is_an_ordinary_file_input() -> None:
    form = Proof()
    page = form.as_p()

    assert form.is_multipart()
    for attribute in ['type="file"', "multiple", "required", "image/jpeg", "application/pdf"]:
        assert attribute in page
    assert "heic" not in page
    assert "Up to 5 files of 10 MB, 25 MB together" in page


def test_what_the_words_say_is_what_the_limits_are() -> None:
    assert (limits.MOST_FILES, limits.MOST_BYTES, limits.MOST_BYTES_TOGETHER) == (5, 10_000_000, 25_000_000)
    assert limits.MOST_BYTES_TOGETHER < limits.MOST_BYTES_OF_BODY
