"""Where every part hangs; each is reached by name alone, so that no floor imports upward."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_GET
from django.views.generic import RedirectView

from backoffice.relations.rights import right

urlpatterns = [
    path("", include("backoffice.core.urls")),
    path("", include("backoffice.relations.urls_entry")),
    path("", include("backoffice.relations.urls")),
    path("", include("backoffice.catalog.urls")),
    path("", include("sales.urls_search")),
    path("verkoop/", include("sales.urls")),
    path("verkoop/", include("sales.documents.urls")),
    path("betalingen/", include("payments.urls")),
    path("kassa/", include("pos.urls")),
    # the admin's own would take any number of wrong passwords, and say nothing to the journal
    path(
        "admin/password_change/",
        right("shell")(require_GET(RedirectView.as_view(pattern_name="relations:profile"))),
        name="admin_password",
    ),
    path("admin/", admin.site.urls),
]

handler500 = "backoffice.core.views.server_error"
