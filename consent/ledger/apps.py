from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "consent.ledger"
    label = "consent_ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        from consent.ledger import among, changes, gate, merges, panels  # noqa: F401  # among registers itself
        from portal.organisation.changes import register_check
        from portal.outbox.gate import register
        from portal.subjects import panels as person_page
        from portal.subjects.merging import on_merge, on_undo

        register(gate.may_send)
        register_check(changes.basis_changes)
        on_merge(merges.join)
        on_undo(merges.part)
        for panel in panels.PANELS:
            person_page.register(panel)
        # After the migrations of all apps: SQLite drops triggers whenever it rebuilds a table.
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="consent_ledger.triggers")


def _install_triggers(using: str, **_signal: Any) -> None:
    from consent.ledger import triggers

    triggers.install(using)
