"""Addresses of articles."""

from django.urls import path

from backoffice.catalog.views import imports

app_name = "catalog"
urlpatterns = [
    path("artikelen/importeren/", imports.upload, name="import"),
    path("artikelen/importeren/<uuid:pk>/", imports.job, name="import_job"),
    path("artikelen/importeren/<uuid:pk>/kolommen/", imports.columns, name="import_columns"),
    path("artikelen/importeren/<uuid:pk>/starten/", imports.start, name="import_start"),
    path("artikelen/importeren/<uuid:pk>/voortgang/", imports.progress, name="import_progress"),
]
