"""Addresses of the till, all under /kassa/."""

from django.urls import path

from pos.views import baskets, devices, lines, lock, matrix, till

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
    path("herstellen/", lines.restore, name="restore"),
    path("korting/", lines.discount, name="discount"),
    path("klant/", baskets.customer, name="customer"),
    path("klant/nieuw/", baskets.customer_new, name="customer_new"),
    path("leegmaken/", baskets.empty, name="empty"),
    path("wacht/", baskets.park, name="park"),
    path("wacht/<int:order_id>/", baskets.resume, name="resume"),
]
