"""Where every part hangs; each is reached by name alone, so that no floor imports upward."""

from django.contrib import admin
from django.urls import include, path

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
    path("admin/", admin.site.urls),
]

handler500 = "backoffice.core.views.server_error"
