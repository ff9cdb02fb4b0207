"""What every measurement finds: an organisation, a topic, and a ledger of a known size, full of people."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from consent.ledger.models import Event, State
from consent.ledger.record import Act, Choice, Shown, record
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal.organisation import versions
from portal.organisation.schema import Basis, ChannelName
from portal.subjects import flows
from portal.subjects.models import Channel, ContactPoint, Provenance, Subject

AT_ONCE = 100_000


@dataclass
class Scene:
    """``person(n)`` is the id of the n-th of ``people`` people; their contact points are ``address(n)``."""

    database_url: str
    folder: Path
    topic: str
    template: ContactPoint
    people: int = 0
    drawn: set[int] = field(default_factory=set)
    chance: random.Random = field(default_factory=lambda: random.Random(2026))

    @classmethod
    def set(cls, database_url: str, folder: Path) -> "Scene":
        """Make the one person all others are copied from, by the real flows."""
        current = versions.current()
        topics = [code for code, topic in current.organisation.topics.items() if ChannelName.EMAIL in topic.channels]
        context = next(code for code, context in current.organisation.contexts.items() if context.marketing)
        source = next(iter(current.organisation.sources))
        point = flows.reach(Channel.EMAIL, "template@example.org", context=context, source=source)
        flows.prove(point)
        for topic in topics[:2]:
            choose(point.subject, topic, Decision.GRANTED)
        for decision in (Decision.WITHDRAWN, Decision.GRANTED, Decision.WITHDRAWN):
            choose(point.subject, topics[1], decision)
        return cls(database_url, folder, topics[0], point)

    def person(self, number: int) -> UUID:
        return self._id(f"s{number}")

    def address(self, number: int) -> UUID:
        return self._id(f"c{number}")

    def somebody(self, count: int) -> list[Subject]:
        """So many people who receive the topic, drawn at random, none twice."""
        return [point.subject for point in self.addresses(count)]

    def addresses(self, count: int) -> list[ContactPoint]:
        """The contact points of so many such people: new faces while there are enough.

        Whoever was drawn before has said yes anew by then.
        """
        faces = [number for number in range(self.people) if number not in self.drawn]
        numbers = self.chance.sample(faces if len(faces) >= count else range(self.people), count)
        found = ContactPoint.objects.select_related("subject").in_bulk([self.address(number) for number in numbers])
        for number in self.drawn.intersection(numbers):
            choose(found[self.address(number)].subject, self.topic, Decision.GRANTED)
        self.drawn.update(numbers)
        return [found[self.address(number)] for number in numbers]

    def grow(self, events: int) -> None:
        """Add people, each a copy of the first, until the ledger holds so many events."""
        each = Event.objects.filter(subject=self.template.subject).count()
        wanted = events // each
        with psycopg.connect(self.database_url, autocommit=True) as raw:
            # What is copied is consistent already; checking ten million references again would take an hour.
            raw.execute("SET session_replication_role = replica")
            for start in range(self.people, wanted, AT_ONCE):
                with raw.transaction():
                    for statement in self._copies():
                        raw.execute(statement, {"first": start, "last": min(start + AT_ONCE, wanted) - 1})
            self.people = max(self.people, wanted)
            raw.execute("VACUUM (ANALYZE)")

    def _copies(self) -> Iterator[sql.Composed]:
        """One statement a table: the rows of the first person, once for each new one."""
        subject, point = self.template.subject_id, self.template.pk
        person, address = sql.SQL("md5('s' || n)::uuid"), sql.SQL("md5('c' || n)::uuid")
        mail = sql.SQL("'person' || n || '@example.org'")
        yield copies(Subject, "id", subject, {"id": person})
        yield copies(
            ContactPoint, "id", point, {"id": address, "subject_id": person, "address": mail, "identity": mail}
        )
        yield copies(Provenance, "contact_point_id", point, {"id": None, "contact_point_id": address})
        yield copies(Event, "subject_id", subject, {"id": None, "subject_id": person})
        yield copies(State, "subject_id", subject, {"id": None, "subject_id": person})

    def _id(self, words: str) -> UUID:
        return UUID(md5(words.encode(), usedforsecurity=False).hexdigest())


def copies(model: type, key: str, of: UUID | int, changes: Mapping[str, sql.Composable | None]) -> sql.Composed:
    """A statement that copies the rows of one ``of`` for each ``n``; a column changed to None is left to the table."""
    columns = [f.column for f in model._meta.local_concrete_fields if changes.get(f.column, "") is not None]  # type: ignore[attr-defined]  # every model has it
    values = [changes.get(name) or sql.SQL("t.{}").format(sql.Identifier(name)) for name in columns]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {values} "
        "FROM {table} t, generate_series(%(first)s::int, %(last)s::int) n WHERE t.{key} = {of}"
    ).format(
        table=sql.Identifier(model._meta.db_table),  # type: ignore[attr-defined]  # every model has it
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(values),
        key=sql.Identifier(key),
        of=sql.Literal(of),
    )


def choose(subject: Subject, topic: str, decision: Decision) -> None:
    """One recorded choice of somebody who has shown that the address is theirs."""
    record(subject, [choice(topic, decision)], act())


def choice(topic: str, decision: Decision) -> Choice:
    basis = Basis.CONSENT if decision == Decision.GRANTED else None
    return Choice(ObjectKind.TOPIC, topic, Channel.EMAIL, decision, basis=basis)


def act() -> Act:
    words = Shown("en-gb", "Yes, send me the newsletter. I can stop it at any time.")
    return Act(Method.PREFERENCE_CENTRE, Actor.PERSON, proved=True, text=words)
