"""Every address; the ones of a series come last, because `/<series>/` matches whatever is left."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, register_converter

from meetings.converters import DateConverter, LabelConverter

# Before the includes, which use them.
register_converter(DateConverter, "date")
register_converter(LabelConverter, "label")

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("meetings.urls")),
    path("", include("reports.urls")),
]

handler404 = "reports.views.not_found"
