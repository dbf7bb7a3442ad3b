"""What people type in, checked."""

from __future__ import annotations

from django import forms

from meetings.models import Section

#: Far above any section ever written, and low enough to compare and render at once.
LONGEST_BODY = 200_000


class SectionForm(forms.Form):
    """The text of a section, the revision it was written on, and the button that was pressed."""

    PREVIEW = "preview"

    # No max_length: a browser would cut a pasted text off there without a word.
    body = forms.CharField(
        label="Text, in Markdown",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "editor", "rows": 18, "spellcheck": "true"}),
        error_messages={"null_characters_not_allowed": "The text holds a null character, which cannot be kept."},
    )
    base = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    do = forms.ChoiceField(
        choices=[*Section.State.choices, (PREVIEW, "preview")],
        error_messages={
            "required": "Choose how to save: press one of the buttons.",
            "invalid_choice": "No such button.",
        },
    )

    def clean_body(self) -> str:
        """The text with plain line ends, unless it is too long for anybody to read."""
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        if len(body) > LONGEST_BODY:
            raise forms.ValidationError(
                f"The text has {len(body):,} characters; {LONGEST_BODY:,} is the most that a section can have. "
                "It is still here: shorten it and save again."
            )
        return body

    def clean(self) -> None:
        """Refuse states that the text contradicts."""
        written, do = self.cleaned_data.get("body", "").strip(), self.cleaned_data.get("do")
        if "body" in self.errors:
            return
        if do == Section.State.NOTHING and written:
            self.add_error("body", "There is a text. Empty the box to report nothing, or save it as a draft.")
        if do == Section.State.READY and not written:
            self.add_error("body", "There is no text yet. Write one, or press “Nothing to report”.")
