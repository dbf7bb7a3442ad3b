"""What people type in, checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count, groupby
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from meetings.comparing import DiffLine, line_diff
from meetings.merging import Choice, Chunk
from meetings.models import Area, Deputy, Person, Section

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


class ClashForm(forms.Form):
    """One choice for each clash of a merge, and the button that was pressed."""

    EDIT = "edit"
    CHOICES = (("ours", "mine"), ("theirs", "theirs"), ("both", "both, mine below theirs"))

    do = forms.ChoiceField(
        choices=[(Section.State.DRAFT, "draft"), (Section.State.READY, "ready"), (EDIT, "edit")],
        error_messages={"required": "Press one of the buttons.", "invalid_choice": "No such button."},
    )

    def __init__(self, clashes: Sequence[Chunk], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clashes = clashes
        for number in range(len(clashes)):
            self.fields[f"choice-{number}"] = forms.ChoiceField(
                choices=self.CHOICES,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one of the three.", "invalid_choice": "Choose one of the three."},
            )

    @property
    def choices(self) -> list[Choice]:
        """What was chosen, in order."""
        return [cast(Choice, self.cleaned_data[f"choice-{number}"]) for number in range(len(self.clashes))]

    def beside(self, chunks: Sequence[Chunk]) -> Iterator[dict[str, Any]]:
        """The merge in order: lines that are settled, and each clash with its field and both sides."""
        numbers = count()
        for clashes, run in groupby(chunks, key=lambda chunk: chunk.kind == "clash"):
            if not clashes:
                yield {"lines": [line for chunk in run for line in chunk.lines]}
                continue
            for chunk, number in zip(run, numbers, strict=False):
                yield {"field": self[f"choice-{number}"], "number": number + 1, "sides": _sides(chunk)}


def _sides(chunk: Chunk) -> dict[str, list[DiffLine]]:
    """The lines of both sides of a clash, marked where they differ."""
    lines = line_diff("\n".join(chunk.theirs), "\n".join(chunk.ours), context=None)
    return {
        "ours": [line for line in lines if line.kind != "removed"] if chunk.ours else [],
        "theirs": [line for line in lines if line.kind != "added"] if chunk.theirs else [],
    }


class DeputyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who stands in for an area, and when. A deputy signs in, so only people with an account are offered."""

    class Meta:
        model = Deputy
        fields = ["area", "person", "since", "until"]
        labels = {"person": "Deputy"}
        help_texts = {
            "person": "Somebody with an account here.",
            "since": "Counts for meetings from this day on.",
            "until": "And up to this day.",
        }
        widgets = {
            "since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, areas: QuerySet[Area], *args: Any, today: date, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        area, person = self.fields["area"], self.fields["person"]
        if isinstance(area, forms.ModelChoiceField) and isinstance(person, forms.ModelChoiceField):
            area.queryset = areas
            person.queryset = Person.objects.filter(user__is_active=True).exclude(user=user_id)
        if len(areas) == 1:
            self.initial["area"] = areas[0]
        self.initial["since"] = today

    def clean_until(self) -> date:
        """A time that is over already helps nobody."""
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError("This day has passed.")
        return until
