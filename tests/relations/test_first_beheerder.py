"""A new shop without the demo: `manage.py createsuperuser` makes the first beheerder, who then makes the branches."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from backoffice.relations.models import Branch, Employee
from backoffice.relations.rights import access_of

pytestmark = pytest.mark.django_db


def test_the_first_beheerder_comes_from_the_command_and_reaches_beheer(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "een lang geheim")
    call_command(
        "createsuperuser", email="Baas@Example.com", number="1", name="Bea Baas", interactive=False, verbosity=0
    )
    bea = Employee.objects.get()
    assert (bea.name, bea.email, bea.check_password("een lang geheim")) == ("Bea Baas", "Baas@example.com", True)
    assert access_of(bea).grants == {("admin", None)}
    client.force_login(bea, backend="backoffice.relations.backends.DeskBackend")
    assert Branch.objects.count() == 0
    for name in (
        "sales:orders",
        "catalog:articles",
        "relations:customers",
        "relations:setup",
        "relations:branch_new",
        "pos:start",
    ):
        assert client.get(reverse(name), follow=True).status_code == 200, name


def test_without_a_password_the_command_makes_somebody_who_cannot_log_in_yet(client, monkeypatch):
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    call_command("createsuperuser", email="baas@example.com", number="1", name="Bea", interactive=False, verbosity=0)
    assert not Employee.objects.get().has_usable_password()
    assert client.post(reverse("login"), {"username": "baas@example.com", "password": ""}).status_code == 200


@pytest.mark.parametrize(
    ("password", "said"),
    [("1234", "te kort"), ("Bea-Baas-2026", "Uw naam"), ("mijn nieuwe baas!", "Uw naam"), ("directie@2026", "Uw naam")],
)
def test_the_command_takes_no_password_that_a_screen_would_refuse(monkeypatch, password, said):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError, match=said):
        call_command(
            "createsuperuser", email="directie@example.com", number="1", name="Bea Baas", interactive=False, verbosity=0
        )
    assert not Employee.objects.exists()
