"""Addresses of papers about orders."""

from django.urls import path

from sales.documents import views, views_picking, views_slips

app_name = "documents"
urlpatterns = [
    path("verkooporders/<int:order_id>/orderbevestiging.pdf", views.confirmation_pdf, name="confirmation_pdf"),
    path("verkooporders/<int:order_id>/pakbon/", views_slips.slip_new, name="slip_new"),
    path("verkooporders/<int:order_id>/pakbon/scan/", views_picking.slip_scan, name="slip_scan"),
    path("verkooporders/<int:order_id>/pakbonnen/", views_slips.slips_of_order, name="slips"),
    path("pakbonnen/<int:slip_id>/", views_slips.slip, name="slip"),
    path("pakbonnen/<int:slip_id>/pakbon.pdf", views_slips.slip_pdf, name="slip_pdf"),
    path("pakbonnen/<int:slip_id>/afdrukken/", views_slips.slip_print, name="slip_print"),
    path("pakbonnen/<int:slip_id>/annuleren/", views_slips.slip_cancel, name="slip_cancel"),
]
