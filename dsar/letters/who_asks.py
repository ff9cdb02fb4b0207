"""The words of letters about who asks: what is asked for, and what came of it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from dsar import authority
from dsar.letters.dates import calculation, promise
from dsar.letters.letter import Letter
from dsar.letters.told import Told, Writer, challenge, has_page, open_page
from portal.organisation.schema import Organisation


def _identity(it: Told) -> Letter:
    check = it.request.identity_checks.get(pk=it.event.facts["check"])
    how = {
        check.Method.DOCUMENT: f"{_send_it(it)} {_('Only those who check it can open it.')}",
        check.Method.POST: _by_post(it),
        check.Method.QUESTION: _("Write it on the page of your request.") if has_page(it.request) else _send_it(it),
        check.Method.IN_PERSON: _("Show it to us in person. Write on the page of your request when you can come."),
    }[check.Method(check.method)]
    question = check.method == check.Method.QUESTION
    something = _("an answer that only you can give") if question else _("something that shows that it is you")
    wanted = ", ".join(check.documents) or something
    return Letter(
        subject=it.subject(_("We need to check that it is you: %(title)s")),
        lead=_("We need to check it is you, because: %(why)s") % {"why": check.doubt},
        paragraphs=(
            _("What we need: %(documents)s. %(how)s") % {"documents": wanted, "how": how},
            _("We delete the proof as soon as the check is done. We keep only how, when and by whom it was checked."),
            _("The time for our answer starts when it arrives."),
        ),
        button=open_page(it.request),
    )


def _identity_shown(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("Thank you, the check is done: %(title)s")),
        lead=promise(it.request, it.event),
        paragraphs=(_("The proof you sent is deleted."),),
        steps_title=_("How we counted"),
        steps=calculation(it.request, it.event),
        button=open_page(it.request),
    )


def _no_identity(it: Told) -> Letter:
    check = it.request.identity_checks.filter(pk=it.event.facts.get("check")).first()
    theirs = check is None or check.about == check.About.IDENTITY
    subject = (
        _("We could not check who you are: %(title)s") if theirs else _("We could not see that you may ask: %(title)s")
    )
    own = _("We could not see that the data are yours, so we may not act on this request. It is closed.")
    return Letter(
        subject=it.subject(subject),
        lead=own if theirs else authority.not_shown(it.request),
        quote=it.event.words,
        paragraphs=(_("Proofs you sent are deleted. You can ask again at any time."),),
        rights=challenge(it.request, it.organisation),
        button=open_page(it.request),
    )


def _authority(it: Told) -> Letter:
    return Letter(
        subject=it.subject(_("We need to see that you may ask: %(title)s")),
        lead=authority.why(it.request),
        paragraphs=(
            " ".join((*authority.enough(it.request, it.organisation), _send_it(it))),
            _("The time for our answer starts when it arrives. We delete it when the check is done."),
        ),
        button=open_page(it.request),
    )


def _send_it(it: Told) -> str:
    if has_page(it.request):
        return _("Upload it on the page of your request.")
    return _by_post(it)


def _by_post(it: Told) -> str:
    return _("Send it by post to: %(address)s.") % {"address": _postal(it.organisation)}


def _postal(organisation: Organisation) -> str:
    return ", ".join((organisation.controller.legal_name, *organisation.controller.address))


WRITERS: Final[dict[str, Writer]] = {
    "identity": _identity,
    "identity_shown": _identity_shown,
    "no_identity": _no_identity,
    "authority": _authority,
}
