"""No promise is prose: each key of the file is read by software, or stands on a list that may only shrink."""

from tests.organisation import promises

LONGEST = 94
"""The length of the list when it was last shortened. Lower it when you shorten the list; never raise it."""


def test_a_key_that_nothing_reads_stands_on_the_list() -> None:
    unkept = set(promises.keys()) - promises.read() - set(promises.listed())
    assert not unkept, f"Nothing reads {sorted(unkept)}: keep these promises, or do not let files make them."


def test_a_key_that_software_reads_has_left_the_list() -> None:
    kept = {path for path, elsewhere in promises.listed().items() if not elsewhere} & promises.read()
    assert not kept, f"{sorted(kept)} are read now. Run: python -m tests.organisation.promises"


def test_every_line_of_the_list_is_a_key() -> None:
    assert set(promises.listed()) <= set(promises.keys())


def test_a_name_that_stands_for_something_else_does_stand_there() -> None:
    marked = {path for path, elsewhere in promises.listed().items() if elsewhere}
    assert marked <= promises.read()


def test_the_list_only_shrinks() -> None:
    assert len(promises.listed()) <= LONGEST


def test_reading_means_naming_the_key_and_its_table() -> None:
    assert promises._reads({"purposes", "basis"}, "purposes.*.basis")
    assert promises._reads({"Purpose", "basis"}, "purposes.*.basis")
    assert not promises._reads({"basis"}, "purposes.*.basis")
    assert not promises._reads({"purposes"}, "purposes.*.basis")
    assert promises._reads({"slug"}, "slug")
    assert promises._reads({"retention", "from_"}, "retention.*.from")
    assert promises._reads({"our_choice"}, "*.chosen_by")
