"""A form with every kind of field the portal prints."""

from django import forms

from portal.widgets import Hinted, SwitchInput


class Request(forms.Form):
    right = forms.ChoiceField(
        label="What would you like?",
        widget=forms.RadioSelect,
        choices=[("access", Hinted("Get a copy of my data", "And learn why we have it")), ("complaint", "Complain")],
        error_messages={"required": "Choose what you would like us to do"},
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="The one we may know you by.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "The address lacks an @ sign, as in name@example.org"},
    )
    detail = forms.CharField(label="What are you looking for?", widget=forms.Textarea, required=False)
    adult = forms.BooleanField(label="I am 16 or over", help_text="We store no birth date.")
    news = forms.BooleanField(label="E-mail", widget=SwitchInput, required=False, help_text="About twice a month.")
    topics = forms.MultipleChoiceField(
        label="Topics",
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "Webinars"), ("b", "Offers")],
        required=False,
    )
    came_from = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        self.add_error(None, "Nothing was sent yet")
