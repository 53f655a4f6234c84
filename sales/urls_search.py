"""The start page and the search everywhere, known to the shell by their bare names."""

from django.urls import path

from sales.views import search, start

urlpatterns = [
    path("", start.home, name="home"),
    path("zoeken/", search.everywhere, name="search"),
]
