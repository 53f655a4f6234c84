"""Addresses that the whole project knows by a bare name: the way in and out."""

from django.urls import path

from backoffice.relations.views import session

urlpatterns = [
    path("inloggen/", session.login, name="login"),
    path("inloggen/code/", session.login_code, name="login_code"),
    path("uitloggen/", session.logout, name="logout"),
]
