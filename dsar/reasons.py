"""Why a request, or a part of it, can be refused: a maintained list, each with the provision it stands on.

UK GDPR Article 12(5) and 15(4); Data Protection Act 2018, Schedules 2 to 4; ICO, "When can we refuse to comply with a
request?". The EU's GDPR: Articles 11(2), 12(5), 15(4), 17(3), 18(2), 20(3) and (4), 21(1), 23.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsar.vocabulary import Matter
from portal.organisation.schema import Statute

_UK: Final = frozenset({Statute.UK})
_BOTH: Final = frozenset(Statute)


@dataclass(frozen=True)
class Reason:
    """One reason: a sentence to the person, its source, and where it can be used (every matter, without ``only``).

    ``eu`` is the source under the EU's law, where that is another.
    """

    code: str
    sentence: str | Promise
    source: str
    laws: frozenset[Statute] = _BOTH
    only: frozenset[Matter] = frozenset()
    eu: str = ""

    def source_in(self, law: Statute) -> str:
        """The provision it stands on under this law."""
        return self.eu if law is Statute.EU and self.eu else self.source


_COPIES: Final = frozenset({Matter.ACCESS, Matter.PORTABILITY})

REASONS: Final[tuple[Reason, ...]] = (
    Reason("unfounded", _("The request is manifestly unfounded: it is not meant to use this right."), "Article 12(5)"),
    Reason("excessive", _("The request is excessive: it repeats what was answered a short while ago."),
           "Article 12(5)"),
    Reason("others", _("The data are about somebody else too, who did not agree and whose rights weigh more."),
           "Article 15(4); Data Protection Act 2018, Schedule 2, paragraph 16", only=_COPIES,
           eu="Articles 15(4) and 20(4)"),
    Reason("privilege", _("The data are confidential between a lawyer and a client."),
           "Data Protection Act 2018, Schedule 2, paragraph 19", _UK, _COPIES),
    Reason("crime", _("To tell you would make it harder to prevent or solve a crime, or to assess a tax."),
           "Data Protection Act 2018, Schedule 2, paragraph 2", _UK),
    Reason("references", _("It is a reference given in confidence."),
           "Data Protection Act 2018, Schedule 2, paragraph 24", _UK, frozenset({Matter.ACCESS})),
    Reason("planning", _("It would harm plans of the business that are not public yet."),
           "Data Protection Act 2018, Schedule 2, paragraph 22", _UK, frozenset({Matter.ACCESS})),
    Reason("negotiations", _("It would harm negotiations with you that are going on."),
           "Data Protection Act 2018, Schedule 2, paragraph 23", _UK, frozenset({Matter.ACCESS})),
    Reason("duty", _("A law obliges us to keep the data."), "Article 17(3)(b)", only=frozenset({Matter.ERASURE})),
    Reason("claims", _("We need the data for a legal claim."), "Articles 17(3)(e), 18(2) and 21(1)",
           only=frozenset({Matter.ERASURE, Matter.RESTRICTION, Matter.OBJECTION})),
    Reason("contract", _("We need the data for a contract with you that still runs."), "Article 17(1)(a)",
           only=frozenset({Matter.ERASURE})),
    Reason("expression", _("Freedom of expression and information weighs more here."), "Article 17(3)(a)",
           only=frozenset({Matter.ERASURE})),
    Reason("compelling", _("We have compelling grounds that outweigh yours, and we tell you which."), "Article 21(1)",
           only=frozenset({Matter.OBJECTION})),
    Reason("accurate", _("We checked, and what stands there is right."), "Article 16",
           only=frozenset({Matter.RECTIFICATION})),
    Reason("basis", _("You did not give us these data on consent or for a contract, so there is nothing to hand over."),
           "Article 20(1)", only=frozenset({Matter.PORTABILITY})),
    Reason("no_ground", _("None of the four grounds the law knows is there."), "Article 18(1)",
           only=frozenset({Matter.RESTRICTION})),
    Reason("no_machine", _("No machine decided: a person did."), "Article 22",
           only=frozenset({Matter.HUMAN_REVIEW})),
    Reason("not_upheld", _("We looked into it, and found that we did as we should."),
           "Data Protection Act 2018, section 164A",
           only=frozenset({Matter.COMPLAINT}), eu="Article 12(4)"),
    Reason("unidentifiable", _("We cannot tell which data are yours."), "Article 11(2)"),
    Reason("other", _("Another reason, which we give in our own words."), "Article 12(4)"),
)  # fmt: skip

BY_CODE: Final = {reason.code: reason for reason in REASONS}


def usable(matter: Matter, law: Statute) -> Iterator[Reason]:
    """The reasons that can be given for this matter under this law."""
    for reason in REASONS:
        if law in reason.laws and (not reason.only or matter in reason.only):
            yield reason
