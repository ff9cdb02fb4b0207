"""People in the admin: to be found, looked at, joined and parted. What they decided is the ledger's and not here."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Field, QuerySet
from django.forms import Field as FormField
from django.forms import MultiWidget
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.organisation import versions
from portal.subjects import merging, panels
from portal.subjects.masking import masked
from portal.subjects.models import ContactPoint, Ending, Merge, Subject, Suppression
from portal.subjects.posted_search import PostedSearch


class ContactPointInline(admin.StackedInline[ContactPoint, Subject]):
    """A person's addresses. Only their kinds are staff's to correct; an address is changed by proving a new one."""

    model = ContactPoint
    extra = 0
    can_delete = False
    fields = [("channel", "address"), ("address_kind", "subscriber_kind"), ("proved_at", "retired_at"), "origin"]
    readonly_fields = ["channel", "address", "proved_at", "retired_at", "origin"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactPoint]:
        return super().get_queryset(request).prefetch_related("provenances").order_by("created_at")

    @admin.display(description=_("from"))
    def origin(self, point: ContactPoint) -> str:
        return "; ".join(str(provenance) for provenance in point.provenances.all())

    def has_add_permission(self, request: HttpRequest, obj: Subject | None = None) -> bool:
        return False


class EndingForm(forms.ModelForm[Ending]):
    """A service or contract, the contract being one of the organisation file or none of them."""

    contract = forms.ChoiceField(label=_("contract"), required=False)

    class Meta:
        model = Ending
        fields: ClassVar = ["what", "contract", "day"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _contracts()
        if self.instance.contract:  # one that the file has dropped since stays with those who had it
            known.setdefault(self.instance.contract, self.instance.contract)
        field = cast("forms.ChoiceField", self.fields["contract"])
        field.choices = [("", gettext("none of the organisation file")), *known.items()]


class EndingInline(admin.StackedInline[Ending, Subject]):
    """What a person has or had with the organisation: from its end their details are kept as long as the file says."""

    model = Ending
    form = EndingForm
    extra = 0
    fields = [("what", "contract", "day")]


@admin.register(Subject)
class SubjectAdmin(PostedSearch):
    """People, by their addresses. The address looked for is posted: it stays out of URLs and logs."""

    list_display = ["who", "record", "created_at", "restricted_at", "young"]
    list_filter = ["language", "under_age", ("restricted_at", admin.EmptyFieldListFilter)]
    search_help_text = _("An e-mail address, a phone number with its country code, or the number of a record.")
    ordering = ["-created_at"]
    fields = ["id", "language", "restricted_at", "under_age", "created_at", "merged_into", "erased_at"]
    readonly_fields = ["id", "created_at", "merged_into", "erased_at"]
    inlines = [ContactPointInline, EndingInline]
    actions = ["merge_two"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        return Subject.objects.prefetch_related("contact_points")

    @admin.display(description=_("addresses"))
    def who(self, subject: Subject) -> str:
        return self.addresses(subject) or gettext("no address")

    @admin.display(description=_("record"), ordering="pk")
    def record(self, subject: Subject) -> str:
        """As the other pages of the desk call it."""
        return str(subject.pk)[:8]

    @admin.display(description=_("under age"), ordering="under_age")
    def young(self, subject: Subject) -> str:
        """In words: Django's red cross for everybody else looks like a warning."""
        return gettext("yes") if subject.under_age else "–"

    def addresses(self, subject: Subject) -> str:
        points = [point for point in subject.contact_points.all() if point.retired_at is None]
        return ", ".join(masked(point.address, point.channel) for point in points)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> FormField | None:
        """Day and time of one moment are two fields; Django names neither."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, MultiWidget):
            named = (gettext("%(what)s: day"), gettext("%(what)s: time"))
            for part, words in zip(field.widget.widgets, named, strict=True):
                part.attrs["aria-label"] = words % {"what": str(db_field.verbose_name).capitalize()}
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Subject | None = None, **kwargs: Any
    ) -> HttpResponse:
        """The person's page, with the panels of the other apps below."""
        if obj is not None:
            context["panels"] = panels.filled(obj, request.user)
            context["subtitle"] = self.addresses(obj) or gettext("record %(number)s") % {"number": str(obj.pk)[:8]}
        kwargs["obj"] = obj
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Merge the two selected people into the one known longer"), permissions=["change"])
    def merge_two(self, request: HttpRequest, queryset: QuerySet[Subject]) -> None:
        subjects = list(queryset.order_by("created_at", "pk")[:3])
        if len(subjects) != 2:
            self.message_user(request, gettext("Select exactly two people."), messages.ERROR)
            return
        try:
            merging.merge(*subjects)
        except merging.MergeRefused as refused:
            self.message_user(request, refused.message, messages.ERROR)
        else:
            self.message_user(request, gettext("Merged. It can be undone under Merges."), messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Subject | None = None) -> bool:
        return False

    def found(self, request: HttpRequest, sought: str) -> HttpResponse:
        """To the person at this address, or back with a sentence."""
        subject_id = self.person_at(request, sought)
        if subject_id is not None:
            return HttpResponseRedirect(reverse("admin:subjects_subject_change", args=[subject_id]))
        self.message_user(request, gettext("Nobody is known at this address."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:subjects_subject_changelist"))


def _contracts() -> dict[str, str]:
    """The contracts of the organisation file, by code; none before one is loaded."""
    try:
        contracts = versions.current().organisation.contracts
    except versions.NoOrganisation:
        return {}
    return {code: str(entry.title) for code, entry in contracts.items()}


@admin.register(Merge)
class MergeAdmin(admin.ModelAdmin[Merge]):
    """Merges, to be read and undone."""

    list_display = ["id", "survivor", "absorbed", "merged_at", "undone_at"]
    list_filter = [("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["survivor", "absorbed"]
    ordering = ["-pk"]
    actions = ["undo"]

    @admin.action(description=_("Undo the selected merges"), permissions=["undo"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Merge]) -> None:
        for merge in queryset.order_by("-pk"):
            try:
                merging.undo(merge)
            except merging.MergeRefused as refused:
                self.message_user(request, f"{merge.pk}: {refused.message}", messages.ERROR)
            else:
                self.message_user(
                    request, gettext("Merge %(number)d is undone.") % {"number": merge.pk}, messages.SUCCESS
                )

    def has_undo_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("subjects.change_merge"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Merge | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Merge | None = None) -> bool:
        return False


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin[Suppression]):
    """Read-only: an entry is made by a stop, and outranked only by what the person confirms later."""

    list_display = ["id", "channel", "scope", "reason", "key_id", "created_at"]
    list_filter = ["channel", "reason", "key_id"]
    ordering = ["-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False
