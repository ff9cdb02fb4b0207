from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = _("Accounts and sign-in")

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        from accounts import directory, flows, groups, leaving, mails, receivers, ways_in
        from accounts import starts as known_of_accounts
        from accounts.looks import keeping, panels
        from portal import append_only, looks, staff
        from portal.home import ways
        from portal.outbox import kinds
        from portal.retention import starts
        from portal.subjects import merging
        from portal.subjects import panels as person_page

        apps.get_app_config("auth").verbose_name = _("Groups of staff")
        for kind in mails.KINDS:
            kinds.register(kind)
        ways.register(ways_in.WAY)
        email_confirmed.connect(receivers.address_confirmed, dispatch_uid="accounts.address_confirmed")
        for start, sources in known_of_accounts.SOURCES.items():
            starts.register(start, *sources)
        staff.register(directory.DIRECTORY)
        leaving.register()
        append_only.register(keeping.LOOKS)
        looks.register(keeping.write)
        keeping.register_lane()
        person_page.register(panels.LOOKS)
        merging.on_merge(flows.follow_merge)
        merging.on_undo(flows.follow_merge)
        post_migrate.connect(groups.fill, dispatch_uid="accounts.groups")
