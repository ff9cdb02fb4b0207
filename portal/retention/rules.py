"""The rule under which each holding is kept, as the organisation file in force states it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from portal.organisation import versions
from portal.organisation.schema import Organisation, Period, RetentionRule, RetentionStart
from portal.organisation.versions import Current
from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.retention import periods


class NoRule(LookupError):
    """The file in force has no rule of this code, though a holding is kept by it."""


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule of the file in force. ``own`` are the periods that contracts carry instead, by the contract's code."""

    code: str
    entry: RetentionRule
    own: Mapping[str, Period]
    current: Current

    @property
    def start(self) -> RetentionStart:
        """What its period runs from."""
        return self.entry.from_

    @property
    def version(self) -> int:
        """The number of the organisation version it stands in."""
        return self.current.number

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where its days begin and end."""
        return ZoneInfo(self.current.organisation.law.time_zone)

    @cached_property
    def terms(self) -> dict[str, Any]:
        """All that decides what goes and when, as JSON has it."""
        return {
            "period": self.entry.period.as_written(),
            "from": self.entry.from_,
            "action": self.entry.action,
            "opt_out_restarts": self.entry.opt_out_restarts,
            "by_contract": self.entry.by_contract,
            "own": {contract: period.as_written() for contract, period in sorted(self.own.items())},
            "time_zone": self.current.organisation.law.time_zone,
        }

    @cached_property
    def digest(self) -> str:
        """A SHA-256 over :attr:`terms`: as long as it stands, an approval does."""
        return hashlib.sha256(json.dumps(self.terms, sort_keys=True).encode()).hexdigest()

    def cutoff(self, as_of: datetime, period: Period | None = None) -> datetime:
        """What began before it is over at ``as_of``, by its own period or a contract's."""
        return periods.cutoff(period or self.entry.period, as_of, self.zone)


def rule(code: str) -> Rule:
    """The rule of this code in force. Raises :class:`NoRule`, and ``NoOrganisation`` where no file was loaded."""
    return _of(versions.current(), code)


def rule_of(holding: Holding) -> Rule:
    """The rule by which a holding is kept now. Raises as :func:`rule`."""
    return rule(holding.retention)


def in_force() -> Iterator[tuple[Holding, Rule]]:
    """Every holding with its rule, in order of labels. Raises as :func:`rule`."""
    current = versions.current()
    for holding in registry.holdings():
        yield holding, _of(current, holding.retention)


def _of(current: Current, code: str) -> Rule:
    organisation = current.organisation
    if code not in organisation.retention:
        raise NoRule(f"[retention.{code}] is not in the organisation file in force.")
    return Rule(code, organisation.retention[code], _own_periods(organisation, code), current)


def _own_periods(organisation: Organisation, code: str) -> dict[str, Period]:
    if not organisation.retention[code].by_contract:
        return {}
    carried = ((name, contract.retention.get(code)) for name, contract in organisation.contracts.items())
    return {name: period for name, period in carried if period is not None}
