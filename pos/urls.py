"""Addresses of the till, all under /kassa/."""

from django.urls import path

from pos.views import (
    amending,
    baskets,
    checkout,
    devices,
    layouts,
    lines,
    lock,
    make_order,
    matrix,
    orders,
    returns,
    sessions,
    slips,
    till,
)

app_name = "pos"
urlpatterns = [
    # which till this browser is (backoffice)
    path("", devices.start, name="start"),
    path("kassas/", devices.tills, name="tills"),
    path("registreren/", devices.register, name="register"),
    path("loslaten/", devices.release, name="release"),
    # who works at it
    path("slot/", lock.unlock, name="unlock"),
    path("vergrendelen/", lock.lock, name="lock"),
    path("actief/", lock.alive, name="alive"),
    # the till screen
    path("scherm/", till.till, name="till"),
    path("scan/", till.scan, name="scan"),
    path("zoeken/", till.search, name="search"),
    path("maten/", matrix.matrix, name="matrix"),
    path("maten/<int:article_id>/", matrix.matrix, name="matrix"),
    path("maten/<int:article_id>/filialen/", matrix.elsewhere, name="matrix_elsewhere"),
    path("regels/<int:line_id>/", lines.line, name="line"),
    path("regels/<int:line_id>/verwijderen/", lines.delete, name="line_delete"),
    path("regels/<int:line_id>/retour/", returns.line_return, name="line_return"),
    path("retour/", returns.returns, name="returns"),
    path("herstellen/", lines.restore, name="restore"),
    path("korting/", lines.discount, name="discount"),
    path("klant/", baskets.customer, name="customer"),
    path("klant/nieuw/", baskets.customer_new, name="customer_new"),
    path("leegmaken/", baskets.empty, name="empty"),
    path("wacht/", baskets.park, name="park"),
    path("wacht/<int:order_id>/", baskets.resume, name="resume"),
    # orders
    path("order/", make_order.make_order, name="make_order"),
    path("order/plaatsen/", make_order.place, name="place"),
    path("order/afrekenen/", make_order.pay_and_place, name="pay_and_place"),
    path("order/annuleren/", make_order.cancel, name="cancel_order"),
    path("orders/", orders.choose, name="choose_order"),
    path("orders/openen/", orders.open_order, name="open_order"),
    path("orders/wegleggen/", orders.put_away, name="put_away"),
    path("orders/wijzigen/", amending.amend, name="amend"),
    path("orders/bevestigen/", amending.confirm, name="confirm_amendment"),
    path("orders/verwerpen/", amending.discard, name="discard_amendment"),
    path("wachtrij/", orders.queue, name="queue"),
    path("wachtrij/aantal/", orders.queue_count, name="queue_count"),
    # money
    path("afrekenen/", checkout.checkout, name="checkout"),
    path("afrekenen/pin/", checkout.pin, name="pin"),
    path("afrekenen/pin/<int:payment_id>/", checkout.pin_ask, name="pin_ask"),
    path("bonnen/<int:receipt_id>/", checkout.receipt, name="receipt"),
    path("bonnen/<int:receipt_id>/kopie/", checkout.reprint, name="reprint"),
    path("pakbonnen/<int:slip_id>/afdrukken/", slips.slip_print, name="slip_print"),
    path("pakbonnen/<int:slip_id>/pakbon.pdf", slips.slip_pdf, name="slip_pdf"),
    path("openen/", sessions.open_till, name="open"),
    path("tussenstand/", sessions.x_report, name="x_report"),
    path("dagafsluiting/", sessions.close, name="close"),
    path("dagafsluiting/<int:session_id>/", sessions.z_report, name="z_report"),
    path("dagafsluiting/<int:session_id>/pdf/", sessions.z_pdf, name="z_pdf"),
    path("dagafsluiting/<int:session_id>/afdrukken/", sessions.z_print, name="z_print"),
    # quick keys (backoffice)
    path("snelknoppen/", layouts.layouts, name="layouts"),
    path("snelknoppen/<int:layout_id>/", layouts.layout, name="layout"),
    path("snelknoppen/<int:layout_id>/bladen/", layouts.page_add, name="layout_page_add"),
    path("snelknoppen/<int:layout_id>/bladen/<int:page_id>/", layouts.page_change, name="layout_page"),
    path("snelknoppen/<int:layout_id>/bladen/<int:page_id>/toets/", layouts.layout_key, name="layout_key"),
]
