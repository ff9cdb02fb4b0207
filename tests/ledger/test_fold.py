"""What events add up to, cell by cell, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.ledger.fold import EMPTY, Cell, Entry, Grant, Stop, apply, join, outranks, put, replay, same_meaning
from consent.ledger.vocabulary import ALL_MARKETING, Decision, Key

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
NEWS = Key("topic", "newsletter", "email")
TOPICS = {"topics": {"newsletter": ["news", True], "alerts": ["alerts", False]}}


def entry(id: int, decision: Decision, key: Key = NEWS, *, own: bool = True, proved: bool = True, **rest: Any) -> Entry:
    return Entry(id, key, decision, NOW + timedelta(minutes=id), own=own, proved=proved, **rest)


def after(*entries: Entry) -> Cell:
    cell = EMPTY
    for one in entries:
        cell = apply(cell, one)
    return cell


def test_a_proved_yes_counts_at_once() -> None:
    cell = after(entry(1, Decision.GRANTED, text="t", basis="consent"))
    assert cell.consent == Grant(1, NOW + timedelta(minutes=1), True, "consent", "t")
    assert cell.pending is None


def test_an_unproved_yes_waits_for_its_confirmation_and_keeps_its_rank() -> None:
    cell = after(entry(1, Decision.GRANTED, proved=False, text="t"), entry(5, Decision.CONFIRMED))
    assert cell.pending is None
    assert cell.consent is not None
    assert (cell.consent.id, cell.consent.text, cell.consent.on) == (1, "t", NOW + timedelta(minutes=5))


@pytest.mark.parametrize("stop", [Decision.REFUSED, Decision.WITHDRAWN, Decision.OBJECTED])
def test_a_stop_takes_every_earlier_yes_away(stop: Decision) -> None:
    cell = after(entry(1, Decision.GRANTED), entry(2, Decision.GRANTED, proved=False), entry(3, stop))
    assert (cell.consent, cell.pending) == (None, None)
    assert cell.stop is not None
    assert cell.stop.id == 3


def test_a_confirmation_after_a_stop_has_no_effect() -> None:
    stopped = after(entry(1, Decision.GRANTED, proved=False), entry(2, Decision.WITHDRAWN))
    assert apply(stopped, entry(3, Decision.CONFIRMED)) is stopped


def test_a_confirmation_of_the_yes_before_the_stop_does_not_confirm_the_one_after_it() -> None:
    asked_again = after(
        entry(1, Decision.GRANTED, proved=False), entry(2, Decision.WITHDRAWN), entry(3, Decision.GRANTED, proved=False)
    )
    assert apply(asked_again, entry(4, Decision.CONFIRMED, details={"grant": 1})) is asked_again
    assert apply(asked_again, entry(4, Decision.CONFIRMED, details={"grant": 9})) is asked_again
    confirmed = apply(asked_again, entry(4, Decision.CONFIRMED, details={"grant": 3}))
    assert confirmed.consent is not None
    assert confirmed.consent.id == 3


def test_the_first_of_two_mails_still_confirms() -> None:
    cell = after(
        entry(1, Decision.GRANTED, proved=False),
        entry(2, Decision.GRANTED, proved=False, text="new words"),
        entry(3, Decision.CONFIRMED, details={"grant": 1}),
    )
    assert cell.consent is not None
    assert cell.consent.id == 1


@pytest.mark.parametrize(("own", "proved"), [(False, True), (True, False), (False, False)])
def test_only_the_person_proved_confirms(own: bool, proved: bool) -> None:
    waiting = after(entry(1, Decision.GRANTED, proved=False))
    assert apply(waiting, entry(2, Decision.CONFIRMED, own=own, proved=proved)) is waiting


@pytest.mark.parametrize("proved", [True, False])
@pytest.mark.parametrize("before", [Decision.WITHDRAWN, Decision.GRANTED])
def test_second_hand_news_neither_lifts_a_stop_nor_replaces_a_yes(before: Decision, proved: bool) -> None:
    cell = after(entry(1, before))
    assert apply(cell, entry(2, Decision.GRANTED, own=False, proved=proved)) is cell


def test_second_hand_news_does_not_replace_what_the_person_asked_for_unless_it_was_confirmed_there() -> None:
    waiting = after(entry(1, Decision.GRANTED, proved=False))
    assert apply(waiting, entry(2, Decision.GRANTED, own=False, proved=False)) is waiting
    listed = apply(waiting, entry(2, Decision.GRANTED, own=False))
    assert listed.consent is not None
    assert not listed.consent.own


def test_a_yes_from_a_list_is_a_yes_where_nothing_was_said() -> None:
    cell = after(entry(1, Decision.GRANTED, own=False))
    assert cell.consent is not None
    assert not outranks(cell.consent, 0)


def test_a_yes_lapses_and_a_new_one_counts_again() -> None:
    lapsed = after(entry(1, Decision.GRANTED), entry(2, Decision.LAPSED))
    assert lapsed.consent is None
    assert lapsed.lapsed is not None
    renewed = apply(lapsed, entry(3, Decision.GRANTED))
    assert renewed.lapsed is None
    assert apply(EMPTY, entry(1, Decision.LAPSED)) is EMPTY


def test_only_the_person_proved_ends_or_shortens_a_pause() -> None:
    paused = after(entry(1, Decision.PAUSED, until=NOW + timedelta(days=30)))
    shorter = NOW + timedelta(days=3)
    longer = NOW + timedelta(days=60)
    strangers: list[dict[str, Any]] = [{"own": False}, {"proved": False}]
    for stranger in strangers:
        assert apply(paused, entry(2, Decision.RESUMED, **stranger)) is paused
        assert apply(paused, entry(2, Decision.PAUSED, until=shorter, **stranger)) is paused
        lengthened = apply(paused, entry(2, Decision.PAUSED, until=longer, **stranger))
        assert lengthened.pause is not None
        assert lengthened.pause.until == longer
    assert apply(paused, entry(2, Decision.RESUMED)).pause is None
    assert apply(paused, entry(2, Decision.PAUSED)) is paused
    assert apply(EMPTY, entry(2, Decision.RESUMED)) is EMPTY


def test_merging_events_change_no_cell() -> None:
    assert apply(EMPTY, entry(1, Decision.MERGED)) is EMPTY
    cells: dict[Key, Cell] = {}
    put(cells, entry(1, Decision.RESUMED))
    assert cells == {}


def test_the_meaning_of_a_cell_is_what_it_says_and_not_when() -> None:
    assert same_meaning(after(entry(1, Decision.GRANTED)), after(entry(7, Decision.GRANTED)))
    assert not same_meaning(after(entry(1, Decision.GRANTED)), after(entry(1, Decision.GRANTED, text="other words")))


class TestJoining:
    """Two people's cells as one person's: the more protective wins."""

    def joined(self, kept: dict[Key, Cell], absorbed: dict[Key, Cell]) -> dict[Key, Cell]:
        return join(kept, absorbed, entry(50, Decision.MERGED, details=TOPICS))

    @pytest.mark.parametrize(
        "stop", [NEWS, Key("topic", "newsletter", ""), Key("purpose", "news", "email"), ALL_MARKETING]
    )
    def test_a_stop_of_one_takes_the_yes_of_the_other_whichever_was_later(self, stop: Key) -> None:
        for yes, no in ((1, 9), (9, 1)):
            giving, refusing = (
                {NEWS: after(entry(yes, Decision.GRANTED))},
                {stop: after(entry(no, Decision.OBJECTED, stop))},
            )
            for kept, absorbed in ((giving, refusing), (refusing, giving)):
                cell = self.joined(kept, absorbed)[NEWS]
                assert cell.consent is None
                assert cell.stop is not None
                assert cell.stop.id == 50

    def test_a_yes_given_after_ones_own_stop_survives_a_silent_other(self) -> None:
        kept = {
            ALL_MARKETING: after(entry(1, Decision.OBJECTED, ALL_MARKETING)),
            NEWS: after(entry(2, Decision.GRANTED)),
        }
        cells = self.joined(kept, {})
        assert cells[NEWS].consent is not None
        assert cells == kept
        taken = self.joined({}, kept)
        assert {key: replace(cell, last=None) for key, cell in taken.items()} == {
            key: replace(cell, last=None) for key, cell in kept.items()
        }

    def test_both_having_said_yes_again_is_a_yes(self) -> None:
        one = {NEWS: after(entry(1, Decision.WITHDRAWN), entry(2, Decision.GRANTED))}
        other = {NEWS: after(entry(3, Decision.WITHDRAWN), entry(4, Decision.GRANTED))}
        cell = self.joined(one, other)[NEWS]
        assert cell.consent is not None
        assert (cell.consent.id, cell.stop and cell.stop.id) == (4, 3)

    def test_the_persons_own_yes_goes_before_a_later_one_from_a_list(self) -> None:
        own, listed = {NEWS: after(entry(1, Decision.GRANTED))}, {NEWS: after(entry(9, Decision.GRANTED, own=False))}
        cell = self.joined(listed, own)[NEWS]
        assert cell.consent is not None
        assert cell.consent.own

    def test_notices_are_not_stopped_by_the_others_stop_of_all_marketing(self) -> None:
        alerts = Key("topic", "alerts", "email")
        cells = self.joined(
            {alerts: after(entry(1, Decision.GRANTED, alerts))},
            {ALL_MARKETING: after(entry(2, Decision.OBJECTED, ALL_MARKETING))},
        )
        assert cells[alerts].consent is not None

    def test_a_topic_the_merge_knows_nothing_of_counts_as_marketing(self) -> None:
        gone = Key("topic", "gone", "email")
        cells = self.joined(
            {gone: after(entry(1, Decision.GRANTED, gone))},
            {ALL_MARKETING: after(entry(2, Decision.OBJECTED, ALL_MARKETING))},
        )
        assert cells[gone].consent is None

    def test_purposes_are_joined_like_topics(self) -> None:
        purpose = Key("purpose", "news", "email")
        every_way = Key("purpose", "news", "")
        cells = self.joined(
            {purpose: after(entry(1, Decision.GRANTED, purpose))},
            {every_way: after(entry(2, Decision.OBJECTED, every_way))},
        )
        assert cells[purpose].consent is None

    def test_the_longer_pause_holds(self) -> None:
        long, short = NOW + timedelta(days=60), NOW + timedelta(days=3)
        one = {NEWS: after(entry(1, Decision.PAUSED, until=long))}
        other = {NEWS: after(entry(2, Decision.PAUSED, until=short))}
        cell = self.joined(one, other)[NEWS]
        assert cell.pause is not None
        assert cell.pause.until == long


class TestParting:
    """A merge that was undone is as if it had never been, except for the stops said meanwhile."""

    A, B, C = uuid4(), uuid4(), uuid4()

    def merged(self, id: int, kept: UUID, absorbed: UUID, merge: int) -> dict[UUID, Entry]:
        return self._both(id, Decision.MERGED, kept, absorbed, merge)

    def parted(self, id: int, kept: UUID, absorbed: UUID, merge: int) -> dict[UUID, Entry]:
        return self._both(id, Decision.UNMERGED, kept, absorbed, merge)

    def _both(self, id: int, decision: Decision, kept: UUID, absorbed: UUID, merge: int) -> dict[UUID, Entry]:
        return {
            kept: entry(id, decision, details={"merge": merge, "other": str(absorbed), "kept": True, **TOPICS}),
            absorbed: entry(id + 1, decision, details={"merge": merge, "other": str(kept), "kept": False, **TOPICS}),
        }

    def lives(self, *lines: tuple[UUID, Entry] | dict[UUID, Entry]) -> dict[UUID, list[Entry]]:
        streams: dict[UUID, list[Entry]] = {self.A: [], self.B: [], self.C: []}
        for line in lines:
            for person, one in line.items() if isinstance(line, dict) else [line]:
                streams[person].append(one)
        return streams

    def test_stops_said_meanwhile_are_both_peoples_and_a_yes_is_the_survivors_only(self) -> None:
        alerts = Key("topic", "alerts", "email")
        streams = self.lives(
            (self.B, entry(1, Decision.GRANTED)),
            self.merged(10, self.A, self.B, 1),
            (self.A, entry(20, Decision.WITHDRAWN)),
            (self.A, entry(21, Decision.GRANTED, alerts)),
            self.parted(30, self.A, self.B, 1),
            (self.A, entry(40, Decision.OBJECTED, ALL_MARKETING)),
        )
        a, b = replay(self.A, streams.__getitem__), replay(self.B, streams.__getitem__)
        assert set(a) == {NEWS, alerts, ALL_MARKETING}
        assert set(b) == {NEWS}
        assert b[NEWS].stop == Stop(20, NOW + timedelta(minutes=20), "withdrawn")

    def test_a_stop_of_the_other_is_gone_from_the_survivor_after_parting(self) -> None:
        streams = self.lives(
            (self.A, entry(1, Decision.GRANTED)),
            (self.B, entry(2, Decision.WITHDRAWN)),
            self.merged(10, self.A, self.B, 1),
        )
        assert replay(self.A, streams.__getitem__)[NEWS].consent is None
        for person, one in self.parted(20, self.A, self.B, 1).items():
            streams[person].append(one)
        assert replay(self.A, streams.__getitem__)[NEWS].consent is not None

    def test_a_merge_undone_inside_a_later_one_reaches_everybody(self) -> None:
        streams = self.lives(
            (self.C, entry(1, Decision.WITHDRAWN)),
            (self.B, entry(2, Decision.GRANTED)),
            self.merged(10, self.B, self.C, 1),
            self.merged(20, self.A, self.B, 2),
            (self.A, entry(25, Decision.OBJECTED, ALL_MARKETING)),
            self.parted(30, self.B, self.C, 1),
            (self.A, entry(35, Decision.REFUSED, Key("topic", "alerts", ""))),
        )
        a, c = replay(self.A, streams.__getitem__), replay(self.C, streams.__getitem__)
        assert a[NEWS].consent is not None
        assert set(c) == {NEWS, ALL_MARKETING}

    def test_stops_said_by_whoever_spoke_for_them_until_they_parted_in_between(self) -> None:
        streams = self.lives(
            self.merged(10, self.B, self.C, 1),
            self.merged(20, self.A, self.B, 2),
            (self.A, entry(25, Decision.WITHDRAWN)),
            self.parted(30, self.A, self.B, 2),
            (self.A, entry(33, Decision.OBJECTED, ALL_MARKETING)),
            self.parted(40, self.B, self.C, 1),
        )
        assert set(replay(self.C, streams.__getitem__)) == {NEWS}
