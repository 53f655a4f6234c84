"""Addresses of papers about orders."""

from django.urls import path

from sales.documents.views import exports, mail_texts, mails, papers, picking, picklist, slips

ORDER = "verkooporders/<int:order_id>/"

app_name = "documents"
urlpatterns = [
    path(ORDER + "orderbevestiging.pdf", papers.confirmation_pdf, name="confirmation_pdf"),
    path(ORDER + "versies/<int:version>/orderbevestiging.pdf", papers.version_pdf, name="version_pdf"),
    path(ORDER + "afdrukken/", papers.print_order, name="print"),
    path("papieren/maken/", papers.make_paper, name="make_paper"),
    path("verkooporders/afdrukken/", papers.print_many, name="print_many"),
    path("verkooporders/orderbevestigingen.pdf", papers.many_pdf, name="papers"),
    path(ORDER + "mailen/", mails.mail, name="mail"),
    path(ORDER + "mails/", mails.mails, name="mails"),
    path("mails/<int:mail_id>/opnieuw/", mails.retry, name="mail_retry"),
    path("verkooporders/mailen/", mails.mail_many, name="mail_many"),
    path(ORDER + "exporteren/", exports.export, name="export"),
    path("verkooporders/exporteren/", exports.export_list, name="export_list"),
    path("exports/<uuid:pk>/", exports.export_job, name="export_job"),
    path("exports/<uuid:pk>/stoppen/", exports.export_stop, name="export_stop"),
    path("exports/<uuid:pk>/bestand/", exports.export_file, name="export_file"),
    path(ORDER + "pakbon/", slips.slip_new, name="slip_new"),
    path(ORDER + "pakbon/scan/", picking.slip_scan, name="slip_scan"),
    path(ORDER + "pakbon/regels/", picking.slip_lines, name="slip_lines"),
    path(ORDER + "pakbonnen/", slips.slips_of_order, name="slips"),
    path("pakbonnen/<int:slip_id>/", slips.slip, name="slip"),
    path("pakbonnen/<int:slip_id>/pakbon.pdf", slips.slip_pdf, name="slip_pdf"),
    path("pakbonnen/<int:slip_id>/afdrukken/", slips.slip_print, name="slip_print"),
    path("pakbonnen/<int:slip_id>/annuleren/", slips.slip_cancel, name="slip_cancel"),
    path("picklijst/", picklist.picklist_page, name="picklist"),
    path("picklijst/picklijst.pdf", picklist.picklist_paper, name="picklist_pdf"),
    # Beheer
    path("mailteksten/", mail_texts.mail_texts, name="mail_texts"),
    path("mailteksten/<slug:kind>/", mail_texts.mail_text, name="mail_text"),
]
