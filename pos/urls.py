"""Addresses of the till."""

from django.urls import path

from pos import views

app_name = "pos"
urlpatterns = [
    path("", views.start, name="start"),
    path("registreren/", views.register, name="register"),
    path("loslaten/", views.release, name="release"),
]
