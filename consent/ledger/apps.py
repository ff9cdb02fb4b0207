from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "consent.ledger"
    label = "consent_ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        from consent.ledger import changes, gate, leaving, merges, panels, triggers
        from consent.ledger import starts as known_to_the_ledger
        from portal import append_only
        from portal.organisation.changes import register_check
        from portal.outbox.gate import register
        from portal.retention import starts
        from portal.subjects import panels as person_page
        from portal.subjects.merging import on_merge, on_undo

        register(gate.may_send)
        register_check(changes.basis_changes)
        for start, sources in known_to_the_ledger.SOURCES.items():
            starts.register(start, *sources)
        on_merge(merges.join)
        on_undo(merges.part)
        for panel in panels.PANELS:
            person_page.register(panel)
        append_only.register(triggers.EVENTS, triggers.TEXTS)
        leaving.register()
