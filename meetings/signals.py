"""What the record tells the rest of the project; nothing here knows who listens."""

from django.dispatch import Signal

#: Sent in the transaction that publishes a meeting, with `meeting` and `at`.
meeting_published = Signal()
