"""Paths under /betalingen/ (one button = one URL = one view = one service)."""

from django.urls import path

from payments.views import depositing, setup

ORDER = "verkooporders/<int:order_id>/"

app_name = "payments"
urlpatterns = [
    path(ORDER + "aanbetalen/", depositing.deposit, name="deposit"),
    # Beheer
    path("betaalwijzen/", setup.methods, name="methods"),
    path("betaalwijzen/nieuw/", setup.method, name="method_new"),
    path("betaalwijzen/<int:pk>/", setup.method, name="method"),
]
