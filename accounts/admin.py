"""Accounts at the desk. Staff make and close them; the address is the person's own to change."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.admin import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import flows
from accounts.looks.admin import LookAdmin
from accounts.models import Look, User
from portal import looks
from portal.subjects import flows as people
from portal.subjects import identity
from portal.subjects.models import Channel
from portal.subjects.posted_search import PostedSearch

admin.site.register(Look, LookAdmin)
# Registered by the two imports above. Either would let staff change what other code keeps in step: an address stands
# in three places (accounts.addresses), and the groups stand in code.
for model in (Group, EmailAddress):
    admin.site.unregister(model)


class AddForm(AdminUserCreationForm[User]):
    """A new account: the address, and a password or none."""

    class Meta:
        model = User
        fields: ClassVar = ["email", "name", "is_staff"]

    def clean_email(self) -> str:
        """Refused where the person at this address has an account under another address of theirs."""
        address: str = self.cleaned_data["email"]
        if flows.would_be_second_account(address):
            raise forms.ValidationError(_("The person at this address has an account already."), code="taken")
        return address


class ChangeForm(UserChangeForm[User]):
    """An account; its address belongs to the person, who changes it themselves and proves it."""

    class Meta:
        model = User
        fields: ClassVar = ["name", "is_active", "is_staff", "is_superuser", "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            # Django's admin gives this one no id, yet has the field described by it; the button beside it says enough.
            self.fields["password"].help_text = ""


@admin.register(User)
class UserAdmin(PostedSearch, DjangoUserAdmin[User]):
    """Accounts, with the person behind each."""

    search_help_text = _("The whole e-mail address.")

    form = ChangeForm
    add_form = AddForm
    list_display = ("address", "name", "person", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "closed_by_person", "groups")
    list_select_related = ("subject",)
    search_fields = ()  # an address looked for stands in no URL
    ordering = ("email",)
    readonly_fields = ("address", "person", "date_joined", "last_login", "closed_at", "closed_by_person")
    filter_horizontal = ()  # Django's script labels an element without a role; a plain list is read out right
    fieldsets = (
        (None, {"fields": ("address", "name", "person", "password")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined", "closed_at", "closed_by_person")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "is_staff", "usable_password", "password1", "password2")}),)

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, user: User) -> str:
        return user.get_email_display() or gettext("given up: the person closed the account")

    @admin.display(description=_("person"), ordering="subject")
    def person(self, user: User) -> SafeString | str:
        if user.subject_id is None:
            return str(_("address not proved"))
        url = reverse("admin:subjects_subject_change", args=[user.subject_id])
        return format_html('<a href="{}">{}</a>', url, user.subject_id)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """The address can be typed once, for a new account; only superusers give out rights. Who closed their account
        opens one again themselves."""
        rights = () if _may_give_rights(request) else ("is_staff", "is_superuser", "groups")
        if obj is None:
            return rights
        return (*self.readonly_fields, *rights, *(("is_active",) if obj.closed_by_person else ()))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who is no superuser cannot become one by changing one's password."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or _may_give_rights(request))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """One account that is nobody's yet, and never many at once: a person is forgotten by a request, not here."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.subject_id is None

    def found(self, request: HttpRequest, sought: str) -> HttpResponse:
        """To the account with this address, or back with a sentence."""
        user = User.objects.filter(email__iexact=sought).first() or _closed_at(sought)
        if user is not None:
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))
        self.message_user(request, gettext("No account has this address."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A page of Django's own, and so with a look of its own."""
        if self.has_change_permission(request):
            looks.at_rows(request, User, [unquote(id)])
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            flows.close(obj)
        if not change:
            flows.answered_for(obj, form.cleaned_data["email"])


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Who may do what; read-only, because it stands in code and comes back with every release."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _closed_at(address: str) -> User | None:
    """The account that the person at this address closed themselves."""
    try:
        point = people.find(Channel.EMAIL, address)
    except identity.InvalidAddress:
        return None
    return User.objects.filter(subject=point.subject, closed_by_person=True).first() if point is not None else None


def _may_give_rights(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_superuser
