import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.ledger.permission import Answer, answer_for
from portal.organisation import versions
from portal.outbox.kinds import Category
from portal.subjects.identity import InvalidAddress
from portal.subjects.models import Channel


class Command(BaseCommand):
    help = "May we contact this address, about this topic, on this channel, now? With the rule that decides."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument("topic", nargs="?", help="a topic of the organisation file; every one if not given")
        parser.add_argument("channel", nargs="?", choices=Channel.values, default=Channel.EMAIL.value)
        parser.add_argument("--category", choices=[str(c) for c in Category], default=str(Category.MARKETING))
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(
        self, *_args: Any, address: str, topic: str | None, channel: str, category: str, as_json: bool, **_options: Any
    ) -> None:
        offered = versions.current().organisation.topics
        topics = [code for code, entry in offered.items() if channel in entry.channels] if topic is None else [topic]
        try:
            answers = [(code, answer_for(channel, address, category=category, topic=code)) for code in topics]
        except InvalidAddress as error:
            raise CommandError(error.message) from None
        if as_json:
            self.stdout.write(json.dumps([_as_json(code, channel, answer) for code, answer in answers], indent=2))
            return
        for code, answer in answers:
            word = self.style.SUCCESS("yes") if answer.allowed else self.style.WARNING("no ")
            self.stdout.write(f"{word} {code or '-'} {channel} [{answer.rule}] {answer.reason}")


def _as_json(topic: str, channel: str, answer: Answer) -> dict[str, Any]:
    return {
        "topic": topic,
        "channel": channel,
        "allowed": answer.allowed,
        "rule": answer.rule,
        "reason": answer.reason,
        "since": answer.since and answer.since.isoformat(),
        "event": answer.event_id or None,
        "text": answer.text or None,
    }
