"""Paths that lead nowhere, and files that are not TOML, end in one clear line."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from portal.organisation import loader
from portal.organisation.problems import Problem
from tests.organisation.conftest import Problems, Variant

AsNobody = Callable[[], AbstractContextManager[None]]


NOBODY = 65_534


@pytest.fixture
def as_nobody() -> AsNobody:
    """Root may read everything; a context in which we are not root."""

    @contextmanager
    def nobody() -> Iterator[None]:
        before = os.geteuid()
        os.seteuid(before or NOBODY)
        try:
            yield
        finally:
            os.seteuid(before)

    return nobody


def _only(found: list[Problem]) -> Problem:
    assert len(found) == 1
    return found[0]


def test_an_unknown_slug_is_answered_with_those_that_ship(problems: Problems) -> None:
    problem = _only(problems("openmarkt"))
    assert problem.file == "openmarkt"
    assert "open-e, open-ecx, opencontact, openitio, openmarket" in problem.remedy


def test_an_empty_slug_is_answered_too(problems: Problems) -> None:
    assert _only(problems("")).file == "(nothing)"


def test_a_path_to_nothing_says_so(problems: Problems, tmp_path: Path) -> None:
    problem = _only(problems(str(tmp_path / "none.toml")))
    assert "No such file" in problem.message
    assert "path" in problem.remedy


def test_a_folder_is_no_file(problems: Problems, tmp_path: Path) -> None:
    assert "no file" in _only(problems(tmp_path)).message


def test_a_pipe_is_no_file_and_is_not_waited_for(problems: Problems, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "no file" in _only(problems(tmp_path / "pipe.toml")).message


def test_a_path_with_a_nul_is_refused(problems: Problems) -> None:
    assert "null" in _only(problems("a\0b.toml")).message


def test_a_file_that_may_not_be_read_says_so(problems: Problems, tmp_path: Path, as_nobody: AsNobody) -> None:
    path = tmp_path / "secret.toml"
    path.write_text("slug = 'x'")
    path.chmod(0)
    with as_nobody():
        assert "Permission denied" in _only(problems(path)).message


def test_a_link_to_itself_says_so(problems: Problems, tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    assert "symbolic links" in _only(problems(tmp_path / "loop.toml")).message


def test_a_huge_file_is_not_read_to_its_end(problems: Problems, tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    assert "larger than 1000000 bytes" in _only(problems(path)).message


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"# only words\n"])
def test_an_empty_file_says_so(problems: Problems, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.toml"
    path.write_bytes(content)
    assert _only(problems(path)).message == "The file is empty."


def test_a_file_that_is_not_utf_8_names_the_line(problems: Problems, tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'slug = "x"\nname = "Caf\xe9"\n')
    problem = _only(problems(path))
    assert "Line 2 is not UTF-8" in problem.message
    assert "UTF-8" in problem.remedy


def test_a_file_that_is_not_toml_names_line_table_and_key(problems: Problems, variant: Variant) -> None:
    problem = _only(problems(variant('brand = "#d6451b"', "brand = #d6451b")))
    assert (problem.table, problem.key) == ("look", "brand")
    assert "Line 37: this is not TOML" in problem.message
    assert "quotes" in problem.remedy


def test_a_file_that_breaks_off_names_its_last_line(problems: Problems, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[law]\nlanguages = [", encoding="utf-8")
    problem = _only(problems(path))
    assert (problem.table, problem.key) == ("law", "languages")
    assert "Line 2" in problem.message


def test_a_line_that_is_no_key_is_named_without_one(problems: Problems, tmp_path: Path) -> None:
    path = tmp_path / "prose.toml"
    path.write_text("Dear all,\n", encoding="utf-8")
    problem = _only(problems(path))
    assert (problem.table, problem.key) == ("", "")
    assert "Line 1" in problem.message


def test_a_key_that_stands_twice_is_named(problems: Problems, variant: Variant) -> None:
    problem = _only(problems(variant('brand = "#d6451b"', 'brand = "#d6451b"\nbrand = "#d6451c"')))
    assert (problem.table, problem.key) == ("look", "brand")
    assert "second time" in problem.message
    assert "Remove one" in problem.remedy


def test_a_table_that_stands_twice_is_named(problems: Problems, variant: Variant) -> None:
    problem = _only(problems(variant("", '[topics.newsletter]\ntitle = "Again"')))
    assert problem.table == "topics.newsletter"
    assert "second time" in problem.message


def test_a_number_of_ten_thousand_digits_is_refused(problems: Problems, tmp_path: Path) -> None:
    path = tmp_path / "number.toml"
    path.write_text("slug = " + "9" * 10_000, encoding="utf-8")
    assert "A number is too long" in _only(problems(path)).message


def test_tables_nested_without_end_are_refused(problems: Problems, tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text("slug = " + "[" * 100_000, encoding="utf-8")
    assert "nested too deeply" in _only(problems(path)).message


def test_a_byte_order_mark_is_no_fault(variant: Variant) -> None:
    path = variant("", "")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert loader.read(path).slug == "openmarket"


def test_a_toml_date_is_as_good_as_a_text(variant: Variant) -> None:
    path = variant('date = "2017-10-02"\ndate_means', "date = 2017-10-02\ndate_means")
    assert loader.read(path).notices["privacy"].date == "2017-10-02"


def test_a_python_name_is_no_way_around_a_key(variant: Variant, problems: Problems) -> None:
    path = variant('from = "service_ended"', 'from_ = "service_ended"')
    assert ("retention.contacts", "from_") in [(problem.table, problem.key) for problem in problems(path)]
