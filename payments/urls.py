"""Paths under /betalingen/ (one button = one URL = one view = one service)."""

from django.urls import path

from payments.views import cancelling, depositing, receipts, refunding, reports, setup

ORDER = "verkooporders/<int:order_id>/"

app_name = "payments"
urlpatterns = [
    path(ORDER + "aanbetalen/", depositing.deposit, name="deposit"),
    path(ORDER + "betalingen/", receipts.of_order, name="of_order"),
    path(ORDER + "betalingen/<uuid:group>/bon.pdf", receipts.receipt_pdf, name="receipt_pdf"),
    path(ORDER + "betalingen/<uuid:group>/afdrukken/", receipts.receipt_print, name="receipt_print"),
    path(ORDER + "betalingen/<uuid:group>/mailen/", receipts.receipt_mail, name="receipt_mail"),
    # the bookkeeper
    path("", reports.outstanding, name="outstanding"),
    path("per-betaalwijze/", reports.methods, name="methods_report"),
    path("btw/", reports.vat, name="vat_report"),
    path("aanbetalingen/", reports.deposits, name="deposits_report"),
    path("weken/", reports.last_weeks, name="weeks"),
    path(ORDER + "annuleren/", cancelling.cancel, name="cancel"),
    path(ORDER + "wijziging-verrekenen/", cancelling.settle_amendment, name="settle_amendment"),
    path(ORDER + "terugbetalen/", refunding.refund, name="refund"),
    path("terug-te-betalen/", refunding.to_refund, name="to_refund"),
    path("tegoed/<int:pk>/", refunding.credit_statement, name="credit_statement"),
    path("boekingen/<int:pk>/terugdraaien/", refunding.reverse_entry, name="reverse"),
    path("tussenrekening/<int:pk>/op-order/", refunding.suspense_assign, name="suspense_assign"),
    path("tussenrekening/<int:pk>/teruggeven/", refunding.suspense_return, name="suspense_return"),
    path("pin/<int:pk>/tussenrekening/", refunding.terminal_suspense, name="terminal_suspense"),
    # Beheer
    path("betaalwijzen/", setup.methods, name="methods"),
    path("betaalwijzen/nieuw/", setup.method, name="method_new"),
    path("betaalwijzen/<int:pk>/", setup.method, name="method"),
]
