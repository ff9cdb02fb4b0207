"""Data subject requests take their place: their mails, their way in, their panel, and a timeline that only grows."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class DsarConfig(AppConfig):
    name = "dsar"
    label = "dsar"
    verbose_name = _("Requests")

    def ready(self) -> None:
        from dsar import checks, duties, holding, leaving, panels, triggers, ways_in
        from dsar.flows import merging as parting
        from dsar.letters import kinds as letters
        from dsar.starts import SOURCES
        from portal import append_only, today
        from portal.holds import standing
        from portal.home import ways
        from portal.organisation.changes import register_content_check
        from portal.outbox import kinds
        from portal.retention import starts
        from portal.subjects import merging
        from portal.subjects import panels as person_page

        append_only.register(triggers.EVENTS)
        leaving.register()
        for kind in letters.KINDS:
            kinds.register(kind)
        for start, sources in SOURCES.items():
            starts.register(start, *sources)
        ways.register(ways_in.WAY)
        person_page.register(panels.REQUESTS)
        merging.on_undo(parting.part)
        for check in (holding.asked_about, holding.asked_from):
            standing.also_held(check, holding.WORDS)
        register_content_check(checks.addresses_wait_for_their_code)
        register(checks.check_keys_are_of_their_own, Tags.security)
        for duty in duties.DUTIES:
            today.register(duty)
