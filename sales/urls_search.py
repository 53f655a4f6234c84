"""The address of the search everywhere, known to the shell by its bare name."""

from django.urls import path

from sales.views import search

urlpatterns = [path("zoeken/", search.everywhere, name="search")]
