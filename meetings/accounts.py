"""How accounts come to be, and the group that makes somebody a coordinator."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest

COORDINATORS = "Coordinators"


class ClosedAccountAdapter(DefaultAccountAdapter):
    """An account is asked for from a coordinator; the sign-up page is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: whoever has an account may read coordinates."""
        return False


def keep_coordinators(using: str, **kwargs: Any) -> None:
    """After each migration: the group exists and may do everything with the record but rewrite history."""
    group, _ = Group.objects.using(using).get_or_create(name=COORDINATORS)
    allowed = Permission.objects.using(using).filter(content_type__app_label__in=["meetings", "reports"])
    kept = allowed.exclude(codename__in=["add_sectionrevision", "change_sectionrevision", "delete_sectionrevision"])
    # To find the account of a person; accounts themselves are the superusers'.
    accounts = Permission.objects.using(using).filter(content_type__app_label="auth", codename="view_user")
    group.permissions.set(kept | accounts)
