"""Addresses of articles."""

from django.urls import path

from backoffice.catalog.views import articles, imports, setup, stock

app_name = "catalog"
urlpatterns = [
    path("artikelen/", articles.articles, name="articles"),
    path("artikelen/nieuw/", articles.article_new, name="article_new"),
    path("artikelen/<int:pk>/", articles.article, name="article"),
    path("artikelen/<int:pk>/wijzigen/", articles.article_edit, name="article_edit"),
    path("artikelen/<int:pk>/afbeelding/", articles.image, name="image"),
    path("artikelen/<int:pk>/varianten/", articles.variant_add, name="variant_add"),
    path("artikelen/varianten/<int:pk>/", articles.variant, name="variant"),
    path("voorraad/", stock.stock, name="stock"),
    path("voorraad/<int:pk>/", stock.article, name="stock_article"),
    path("voorraad/<int:pk>/telling/", stock.count, name="stock_count"),
    path("voorraad/<int:pk>/correctie/", stock.correct, name="stock_correct"),
    path("voorraad/varianten/<int:variant_id>/", stock.card, name="stock_card"),
    path("beheer/kleuren/", setup.colours, name="colours"),
    path("beheer/kleuren/nieuw/", setup.colour, name="colour_new"),
    path("beheer/kleuren/<int:pk>/", setup.colour, name="colour"),
    path("beheer/kleuren/<int:pk>/verplaatsen/", setup.colour_move, name="colour_move"),
    path("beheer/merken/", setup.brands, name="brands"),
    path("beheer/merken/nieuw/", setup.brand, name="brand_new"),
    path("beheer/merken/<int:pk>/", setup.brand, name="brand"),
    path("beheer/artikelgroepen/", setup.groups, name="groups"),
    path("beheer/artikelgroepen/nieuw/", setup.group, name="group_new"),
    path("beheer/artikelgroepen/<int:pk>/", setup.group, name="group"),
    path("beheer/btw-tarieven/", setup.vat_rates, name="vat_rates"),
    path("beheer/btw-tarieven/nieuw/", setup.vat_rate, name="vat_rate_new"),
    path("beheer/btw-tarieven/<int:pk>/", setup.vat_rate, name="vat_rate"),
    path("beheer/maatbalken/", setup.size_ranges, name="size_ranges"),
    path("beheer/maatbalken/nieuw/", setup.size_range, name="size_range_new"),
    path("beheer/maatbalken/<int:pk>/", setup.size_range, name="size_range"),
    path("artikelen/importeren/", imports.upload, name="import"),
    path("artikelen/importeren/<uuid:pk>/", imports.job, name="import_job"),
    path("artikelen/importeren/<uuid:pk>/kolommen/", imports.columns, name="import_columns"),
    path("artikelen/importeren/<uuid:pk>/starten/", imports.start, name="import_start"),
    path("artikelen/importeren/<uuid:pk>/stoppen/", imports.stop, name="import_stop"),
    path("artikelen/importeren/<uuid:pk>/voortgang/", imports.progress, name="import_progress"),
]
