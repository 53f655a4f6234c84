"""Who may ask what: every address of the project, its right and its methods, tried for each role.

A new address without a row here fails. `pytest tests/test_rights.py -s` prints them all.
"""

import uuid
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import get_resolver, reverse

from backoffice.core.models import OutboxMessage
from payments.models import PaymentMethod, TerminalPayment
from payments.services import depositing, sessions, terminals
from pos.models import QuickKeyPage, Receipt, TillLayout
from pos.slip import facts
from sales.documents.services import mailing, packing
from sales.models import SalesOrder
from sales.services import confirming
from tests import factories
from tests.pos import counter

pytestmark = pytest.mark.django_db

ROLES = ("seller", "manager", "office", "admin")
WHO = {
    "shell": ROLES,
    "sales.view": ROLES,
    "sales.edit": ROLES,
    "catalog.view": ROLES,
    "catalog.edit": ("manager", "office", "admin"),
    "catalog.import": ("office", "admin"),
    "customers.view": ROLES,
    "customers.edit": ROLES,
    "customers.import": ("office", "admin"),
    "customers.anonymise": ("office", "admin"),
    "pos.use": ROLES,
    "pos.register": ("manager", "admin"),
    "pos.layout": ("manager", "admin"),
    "pos.drawer": ("manager", "admin"),
    "sales.cancel": ROLES,
    "sales.cancel_any": ("manager", "office", "admin"),
    "sales.deliver": ROLES,
    "documents.view": ROLES,
    "documents.send": ROLES,
    "documents.setup": ("admin",),
    "stock.view": ROLES,
    "stock.correct": ("manager", "office", "admin"),
    "payments.view": ROLES,
    "payments.deposit": ROLES,
    "payments.refund": ("manager", "office", "admin"),
    "payments.reverse": ("manager", "admin"),
    "payments.report": ("manager", "office", "admin"),
    "payments.setup": ("admin",),
    "pos.close": ROLES,
    "setup": ("admin",),
    "journal.view": ("admin",),
    "operator.view": ("admin",),
}
LINES = (Path(__file__).parent / "rights.txt").read_text().splitlines()
TABLE = [line.split() for line in LINES if line and not line.startswith("#")]
TILL_NAMES = {name for name, _right, _methods, *till in TABLE if till}
ROWS = {name: (right, methods.replace(",", " ")) for name, right, methods, *_till in TABLE}
OURS = ("backoffice", "sales", "payments", "pos")
METHODS = ("GET", "POST")
KEY = str(uuid.UUID(int=7))


def addresses(resolver=None, path="/", space=""):
    """(name, path, view) of every address but those of the admin, whose views ask the right `setup` as a whole."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            if entry.namespace != "admin":
                yield from addresses(
                    entry, path + str(entry.pattern), f"{entry.namespace}:" if entry.namespace else space
                )
        else:
            yield f"{space}{entry.name}", path + str(entry.pattern), entry.callback


def known():
    """(name, path, right, methods) of every address with a row here; the first test catches the others."""
    for name, path, _view in addresses():
        if name in ROWS:
            yield name, path, *ROWS[name]


@pytest.fixture
def shop():
    """A draft with a line of a colour/size article at Utrecht, and an employee of each role there."""
    utrecht = factories.branch("Utrecht")
    shirt = factories.article("48211", "Overhemd Kade", colours=["Wit"], sizes=["40"], brand="Kade", group="Heren")
    people = {role: factories.employee(role, utrecht) for role in ROLES}
    customer = factories.customer()
    order = factories.draft(
        employee=people["office"], branch=utrecht, customer=customer, items=[(factories.variant(shirt), 2)]
    )

    sold = factories.draft(
        employee=people["office"], branch=utrecht, customer=customer, items=[(shirt.variants.get(), 2)]
    )
    confirming.confirm(order_id=sold.pk, employee=people["office"])
    slip = packing.create_slip(
        order_id=sold.pk, quantities={sold.lines.get().pk: Decimal(1)}, employee=people["office"]
    )
    made = SimpleNamespace(
        slip=slip, branch=utrecht, order=order, line=order.lines.get(), till=factories.till(utrecht), article=shirt,
        variant=factories.variant(shirt), employees=people,
    )  # fmt: skip
    pks = {
        "relations:outbox_retry": OutboxMessage.objects.create(kind="mail", dedupe_key="x", status="failed"),
        "catalog:colour": factories.colour("Wit"), "catalog:brand": shirt.brand, "catalog:group": shirt.group,
        "catalog:vat_rate": factories.vat_rates()["high"], "catalog:size_range": shirt.size_range,
        "catalog:variant": made.variant, "catalog:article": shirt, "catalog:image": shirt, "catalog:stock": shirt,
        "sales:order_type": order.order_type,
        "sales:delivery_method": order.delivery_method, "relations:branch": utrecht, "relations:till": made.till,
        "relations:employee": people["seller"], "relations:two_factor_reset": people["seller"],
        "relations:customer": customer, "sales:orders_of_customer": customer,
        "payments:method": PaymentMethod.objects.create(name="Bank vooraf", kind="bank", at_desk=True),
        "payments:credit_statement": customer,
    }  # fmt: skip
    made.pks = {name: row.pk for name, row in pks.items()}
    # no money was moved yet: these are nowhere, for everybody alike
    made.pks |= dict.fromkeys(("payments:reverse", "payments:suspense", "payments:terminal_suspense"), 1)
    made.page = QuickKeyPage.objects.create(layout=TillLayout.objects.create(name="Winkel"), name="Toonbank")
    made.receipt = Receipt(number="F1-2026-000001", till=made.till, order=order, employee=people["seller"])
    made.receipt.paper = facts(made.receipt, list(order.lines.all()), [], [])
    made.receipt.save()
    return made


def url_of(shop, name: str, path: str) -> str:
    """The address filled with rows that exist; a job of import is made up, for it is its maker's alone."""
    values = {
        "<int:slip_id>": shop.slip.pk,
        "<int:order_id>": shop.order.pk, "<int:line_id>": shop.line.pk, "<int:article_id>": shop.article.pk,
        "<int:variant_id>": shop.variant.pk, "<uuid:pk>": uuid.UUID(int=1), "<uuid:group>": uuid.UUID(int=1),
        "<slug:name>": "customer",
        "<slug:kind>": "confirmation", "<int:version>": 1, "<int:mail_id>": 1,
        "<int:payment_id>": 1, "<int:session_id>": 1, "<int:receipt_id>": shop.receipt.pk,
        "<int:layout_id>": shop.page.layout_id, "<int:page_id>": shop.page.pk,
    }  # fmt: skip
    stem = max((key for key in shop.pks if name.startswith(key)), key=len, default="")
    values["<int:pk>"] = shop.pks.get(stem, "?")
    for mark, value in values.items():
        path = path.replace(mark, str(value))
    assert "<" not in path and "?" not in path, f"{name}: {path} needs a row of its own here"
    return path


def test_every_address_states_its_right():
    found = [(name, path, getattr(view, "right", None)) for name, path, view in addresses()]
    for name, path, right in found:
        print(f"{path:<60} {name:<36} {right} {ROWS.get(name, ('', ''))[1]}")
    assert [row for row in found if row[2] is None] == []
    assert {name: right for name, _, right in found} == {name: right for name, (right, _) in ROWS.items()}


def test_a_stranger_is_sent_to_the_login(client, shop):
    for name, path, right, methods in known():
        if right == "public" or name in TILL_NAMES:
            continue
        url = url_of(shop, name, path)
        if "GET" in methods:
            assert client.get(url).url == f"{reverse('login')}?next={url}", name
        else:
            assert client.post(url).url == f"{reverse('login')}?next=/", name
        fragment = client.get(url, headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/debiteuren/"})
        assert (fragment.status_code, fragment.content) == (401, b""), name
        assert fragment.headers["HX-Redirect"] == f"{reverse('login')}?next=/debiteuren/", name


def test_a_till_asks_for_its_browser_and_then_for_its_cashier(client, shop):
    client.force_login(shop.employees["admin"])  # which opens nothing there
    for where, sees in (("pos:start", ""), ("pos:unlock", counter.register(shop.till))):
        if sees:
            client.cookies["till_device"] = sees
        for name, path, right, methods in known():
            if name not in TILL_NAMES or (right == "public" and sees):
                continue
            url = url_of(shop, name, path)
            answer = client.get(url) if "GET" in methods else client.post(url)
            assert answer.url == reverse(where), name
            fragment = client.get(url, headers={"HX-Request": "true"})
            assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, reverse(where)), name


def test_a_pin_code_opens_the_till_only(client, shop):
    counter.sit(client, shop.till, shop.employees["admin"])
    for name, path, right, methods in known():
        if right == "public" or name in TILL_NAMES:
            continue
        url = url_of(shop, name, path)
        answer = client.get(url) if "GET" in methods else client.post(url)
        assert answer.url.startswith(reverse("login")), name


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_its_rights_allow_and_nothing_else(client, shop, role):
    client.force_login(shop.employees[role])
    counter.sit(client, shop.till, shop.employees[role])
    client.raise_request_exception = False
    wrong = []
    for name, path, right, methods in known():
        if right == "public":
            continue
        for method in methods.split():
            with transaction.atomic():
                status = getattr(client, method.lower())(url_of(shop, name, path)).status_code
                transaction.set_rollback(True)
            allowed = role in WHO[right]
            if (status == 403) == allowed or status >= 500 or status == 405:
                wrong.append(f"{role} {method} {name}: {status}")
    assert wrong == []


def test_without_a_role_one_reaches_nothing(client, shop):
    nobody = factories.employee("", name="Zonder Rol")
    client.force_login(nobody)
    counter.sit(client, shop.till, nobody)
    for name, path, right, methods in known():
        if right != "public":
            method = client.get if "GET" in methods else client.post
            answer = method(url_of(shop, name, path))
            if name in TILL_NAMES:  # the till is locked, so that a colleague can go on
                assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("pos:unlock")), name
            else:
                assert answer.status_code == 403, name


def test_another_method_is_405(client, shop):
    client.force_login(shop.employees["admin"])
    counter.sit(client, shop.till, shop.employees["admin"])
    for name, path, _right, methods in known():
        for method in METHODS:
            if method not in methods.split():
                assert getattr(client, method.lower())(url_of(shop, name, path)).status_code == 405, (name, method)


def test_a_get_changes_nothing(client, shop):
    """The database itself refuses a write while these run."""
    client.force_login(shop.employees["admin"])
    counter.sit(client, shop.till, shop.employees["admin"])
    client.get(reverse("relations:customers"))
    for name, path, _right, methods in known():
        if "GET" in methods and name != "login":
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL transaction_read_only = on")
                assert client.get(url_of(shop, name, path)).status_code < 500, name
                transaction.set_rollback(True)


AT_A_BRANCH = ("seller", "manager")  # the other roles see every branch
# what stands in an address by its id: of a branch, or of the whole shop (and of whoever may see that screen at all)
OF_A_BRANCH = ("<int:order_id>", "<int:slip_id>", "<int:receipt_id>", "<int:mail_id>", "<int:payment_id>",
               "<int:session_id>")  # fmt: skip
OF_A_BRANCH_BY_NAME = ("payments:reverse", "payments:suspense_assign", "payments:suspense_return",
                       "payments:terminal_suspense")  # fmt: skip
OF_THE_SHOP = (
    "relations:", "catalog:", "sales:order_type", "sales:delivery_method", "sales:orders_of_customer",
    "sales:orders_filter", "payments:method", "payments:credit_statement", "documents:mail_text", "pos:layout",
    "pos:matrix",  # an article
    "pos:quick_page",  # of a layout
    "documents:export_job", "documents:export_file", "documents:export_stop",  # of who asked it
    "pos:paper_",  # the same, at a till
    "pos:line",  # of what lies on one's own counter
)  # fmt: skip


def test_every_address_with_an_id_says_whose_it_is():
    whose = {
        name: (
            any(mark in path for mark in OF_A_BRANCH) or name in OF_A_BRANCH_BY_NAME,
            name.startswith(OF_THE_SHOP),
        )
        for name, path, _view in addresses()
        if "<" in path
    }
    assert [name for name, (branch, shop) in whose.items() if not branch and not shop] == []


def test_what_is_of_another_branch_does_not_exist_for_who_works_at_one(client, shop):
    """Role by role, own or other branch, GET and POST: elsewhere it answers as for what is nowhere."""
    zeist = factories.branch("Zeist")
    rows = rows_of_a_branch(shop)
    before = SalesOrder.objects.order_by("pk").values_list("pk", "revision", "lifecycle", "paid_total")
    held, wrong, tried = list(before), [], dict.fromkeys(AT_A_BRANCH, 0)
    for role in AT_A_BRANCH:
        stranger = factories.employee(role, zeist)
        client.force_login(stranger)
        counter.sit(client, factories.till(zeist, AT_A_BRANCH.index(role) + 1), stranger)
        for name, path, right, methods in known():
            row = next((pk for mark, pk in rows.items() if mark in path or mark == name), None)
            if row is None or role not in WHO[right]:
                continue
            mark = next(mark for mark in (*OF_A_BRANCH, "<int:pk>") if mark in path)
            url = url_of(shop, name, path.replace(mark, str(row), 1))
            nowhere = url.replace(f"/{row}/", f"/{10**9}/", 1)
            for method in methods.split():
                answers = []
                for at in (url, nowhere):
                    with transaction.atomic():
                        answers.append(getattr(client, method.lower())(at, {"key": KEY}).status_code)
                        transaction.set_rollback(True)
                # bad input may be refused before the row is looked for, but then alike for what is nowhere
                hidden = answers[0] == answers[1] and (answers[0] == 404 or (method == "POST" and answers[0] == 422))
                if not hidden:
                    wrong.append(f"{role} {method} {name}: {answers}")
                tried[role] += 1
    assert wrong == []
    assert all(count > 40 for count in tried.values()), tried
    assert list(before) == held


def rows_of_a_branch(shop) -> dict[str, int]:
    """A row of Utrecht for each kind of id, by its mark in the address or by the name of the address."""
    office, sold = shop.employees["office"], SalesOrder.objects.get(lifecycle="confirmed")
    bank, pin = (PaymentMethod.objects.create(name=kind, kind=kind, at_desk=kind == "bank", at_till=True)
                 for kind in ("bank", "terminal"))  # fmt: skip
    depositing.deposit(order_id=sold.pk, tenders=[(bank.pk, Decimal(10))], employee=office)
    mail = mailing.queue_mail(
        order_id=sold.pk, kind="confirmation", recipient="a@b.nl", subject="x", body="x", employee=office
    )
    session = sessions.open_session(till_id=shop.till.pk, float_amount=Decimal(0), employee=shop.employees["seller"])
    payment, other = (
        TerminalPayment.objects.create(
            request_id=uuid.uuid4(), order=sold, session=session, method=pin, amount=Decimal(5), employee=office,
            state="approved",
        )
        for _ in range(2)
    )  # fmt: skip
    entry = sold.entries.get()
    lost = terminals.to_suspense(payment_id=other.pk, employee=office, reason="weg").entry_id
    return {
        "<int:slip_id>": shop.slip.pk, "<int:receipt_id>": shop.receipt.pk, "<int:mail_id>": mail.pk,
        "<int:payment_id>": payment.pk, "<int:order_id>": shop.order.pk, "payments:reverse": entry.pk,
        "payments:terminal_suspense": payment.pk, "<int:session_id>": session.pk, "payments:suspense_assign": lost,
        "payments:suspense_return": lost,
    }  # fmt: skip


def test_customers_are_everybodys_and_the_office_sees_all_branches(client, shop):
    zeist = factories.branch("Zeist")
    client.force_login(factories.employee("seller", zeist))
    assert client.get(reverse("relations:customer", args=[shop.order.customer_id])).status_code == 200
    client.force_login(factories.employee("office", zeist))
    assert client.get(reverse("sales:order", args=[shop.order.pk])).status_code == 200


def test_a_manager_elsewhere_registers_no_till_here(client, shop):
    client.force_login(factories.employee("manager", factories.branch("Zeist")))
    answer = client.post(reverse("pos:register"), {"key": str(uuid.uuid4()), "till": shop.till.pk})
    assert answer.status_code == 422
    shop.till.refresh_from_db()
    assert shop.till.device_token_hash == ""


def test_the_admin_is_for_the_beheerder_and_for_set_up_only(client, shop):
    client.force_login(shop.employees["manager"])
    assert client.get("/admin/").status_code == 403
    client.force_login(shop.employees["admin"])
    assert client.get("/admin/").status_code == 200
    ours = {model._meta.label for model in admin.site._registry if model.__module__.split(".")[0] in OURS}
    assert ours == {
        "relations.Till", "catalog.ArticleGroup", "catalog.Brand", "catalog.Colour", "catalog.Size",
        "catalog.SizeRange",
        "catalog.VatRate", "sales.DeliveryMethod", "sales.OrderType",
    }  # fmt: skip
    for model in admin.site._registry:
        for page in ("changelist", "add"):
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
            assert client.get(url).status_code in ((200,) if model._meta.label in ours else (200, 403)), url
