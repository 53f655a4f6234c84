"""Addresses that the whole project knows by a bare name: the way in and out."""

from django.urls import path

from backoffice.relations.views import profile, session

urlpatterns = [
    # the admin's own would take any number of wrong passwords, and say nothing to the journal
    path("admin/password_change/", profile.admin_password, name="admin_password"),
    path("inloggen/", session.login, name="login"),
    path("inloggen/code/", session.login_code, name="login_code"),
    path("uitloggen/", session.logout, name="logout"),
]
