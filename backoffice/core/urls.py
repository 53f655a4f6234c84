"""Addresses of the core: for balancers and monitors, without a login."""

from django.urls import path

from backoffice.core import views

urlpatterns = [
    path("gezond/", views.alive, name="alive"),
    path("klaar/", views.ready, name="ready"),
]
