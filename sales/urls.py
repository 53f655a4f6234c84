"""Paths under /verkoop/ (one button = one URL = one view = one service)."""

from django.urls import path

from sales.views import (
    amending,
    cancelling,
    copying,
    history,
    lines,
    linking,
    matrix,
    order,
    orders,
    picker,
    scan,
    search,
    setup,
    start,
)

ORDER = "verkooporders/<int:order_id>/"
LINE = ORDER + "regels/<int:line_id>/"

app_name = "sales"
urlpatterns = [
    # the list
    path("verkooporders/", orders.orders, name="orders"),
    path("verkooporders/sommen/", orders.sums, name="orders_sums"),
    path("verkooporders/filter/<slug:name>/", orders.filter_options, name="orders_filter"),
    path("verkooporders/werklijsten/", start.counts, name="worklists"),
    path("verkooporders/onthouden/", orders.remember, name="orders_remember"),
    path("verkooporders/bevestigen/", orders.confirm_many, name="confirm_many"),
    # the order screen
    path("verkooporders/nieuw/", order.create, name="create"),
    path(ORDER, order.order, name="order"),
    path(ORDER + "kop/", order.header, name="header"),
    path(ORDER + "verwijderen/", order.discard, name="discard"),
    path(ORDER + "btw/", order.vat_mode, name="vat_mode"),
    path(ORDER + "korting/", order.discount, name="discount"),
    path(ORDER + "bevestigen/", order.confirm, name="confirm"),
    path(ORDER + "wijzigen/", amending.amend, name="amend"),
    path(ORDER + "wijzigen/verwerpen/", amending.discard_amendment, name="discard_amendment"),
    path(ORDER + "wijzigen/geleverd/", amending.take_delivered, name="take_delivered"),
    path(ORDER + "annuleren/", cancelling.cancel, name="cancel"),
    path(ORDER + "annulering-terugdraaien/", cancelling.undo_cancel, name="undo_cancel"),
    path(ORDER + "kopie/", copying.copy, name="copy"),
    path(ORDER + "omzetten/", copying.convert, name="convert"),
    path(ORDER + "geschiedenis/", history.history, name="history"),
    path(ORDER + "zijkant/", order.side, name="side"),
    path(ORDER + "scan/", scan.scan, name="scan"),
    path(ORDER + "scan/koppelen/", linking.link_code, name="link_code"),
    path(ORDER + "artikel/", lines.add, name="add"),
    path(ORDER + "tekstregel/", lines.add_text, name="add_text"),
    path(ORDER + "herstellen/", lines.restore, name="restore"),
    path(ORDER + "maten/", matrix.matrix, name="matrix"),
    path(ORDER + "maten/<int:article_id>/", matrix.matrix, name="matrix"),
    path(ORDER + "maten/<int:article_id>/filialen/", matrix.elsewhere, name="matrix_elsewhere"),
    path(ORDER + "artikelen/", picker.picker, name="picker"),
    path(ORDER + "artikelen/zoeken/", picker.results, name="picker_results"),
    path(ORDER + "artikelen/<int:article_id>/", picker.variants, name="picker_variants"),
    path(LINE, lines.line, name="line"),
    path(LINE + "verplaatsen/", lines.move, name="line_move"),
    path(LINE + "kopieren/", lines.copy, name="line_copy"),
    path(LINE + "verwijderen/", lines.delete, name="line_delete"),
    path("artikelkeuze/", lines.article_options, name="article_options"),
    path("debiteuren/<int:pk>/", search.orders_of_customer, name="orders_of_customer"),
    # Beheer
    path("soorten/", setup.order_types, name="order_types"),
    path("soorten/nieuw/", setup.order_type, name="order_type_new"),
    path("soorten/<int:pk>/", setup.order_type, name="order_type"),
    path("leverwijzen/", setup.delivery_methods, name="delivery_methods"),
    path("leverwijzen/nieuw/", setup.delivery_method, name="delivery_method_new"),
    path("leverwijzen/<int:pk>/", setup.delivery_method, name="delivery_method"),
]
