"""Addresses of papers about orders."""

from django.urls import path

from sales.documents import views

app_name = "documents"
urlpatterns = [
    path("verkooporders/<int:order_id>/orderbevestiging.pdf", views.confirmation_pdf, name="confirmation_pdf"),
]
