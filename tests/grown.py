"""A shop that grew along one axis: rows by the thousand, each axis in a few statements. For benches, plans and walks.

What is copied is a row that the services made; what must differ from row to row is given as SQL, in which g counts
from 1.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model

from backoffice.catalog.models import Article, Barcode, Colour, Size, SizeRange, StockLevel, Variant
from backoffice.core.search import fold
from backoffice.relations.models import Branch, Customer, Employee, EmployeeRole, Till
from pos.models import QuickKey, QuickKeyPage, TillLayout
from sales.models import OrderLine, SalesOrder

PER_PAGE = 20  # keys on a page of quick keys


def copies(row: Model, count: int, /, **own: str) -> list[int]:
    """So many copies of a stored row; own: {column: SQL} of what differs. Gives their ids in order."""
    columns = [field.column for field in row._meta.concrete_fields if not (field.primary_key or field.generated)]
    values = [own.get(column, column) for column in columns]
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM {table}, generate_series(1, %s) g WHERE {table}.id = %s RETURNING {table}.id",
            [count, row.pk],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def branches(like: Branch, number: int) -> list[int]:
    start = Branch.objects.count()
    return copies(
        like, number, code=f"'G' || (g + {start})", name=f"'Filiaal Groei ' || (g + {start})",
        sort_key=f"'filiaal groei ' || (g + {start})",
    )  # fmt: skip


def employees(like: Employee, branch: Branch, number: int) -> list[int]:
    """Sellers of a branch with a PIN code."""
    start = Employee.objects.count()
    made = copies(
        like, number, number=f"'G' || (g + {start})", name=f"'Groei Medewerker ' || (g + {start})",
        email=f"'groei' || (g + {start}) || '@toonbank.example'", pin_hash="'!'", last_login="null",
    )  # fmt: skip
    EmployeeRole.objects.bulk_create(
        EmployeeRole(employee_id=pk, branch=branch, role=EmployeeRole.Role.SELLER) for pk in made
    )
    return made


def article(number: str, colours: int, sizes: int, *, branch_ids: Sequence[int] = (), pieces: int = 3) -> Article:
    """An article of colours by sizes, each variant with its barcode and with stock at these branches."""
    bar, new = SizeRange.objects.get_or_create(name=f"Groei {sizes}")
    if new:
        Size.objects.bulk_create(Size(size_range=bar, label=f"{30 + at}", position=at) for at in range(sizes))
    known = set(Colour.objects.values_list("label", flat=True))
    labels = [f"Groei {at:03d}" for at in range(colours)]
    Colour.objects.bulk_create(
        Colour(label=label, hex="#456789", position=500 + at) for at, label in enumerate(labels) if label not in known
    )
    name = f"Overhemd Groei {number}"
    made = Article.objects.create(
        number=number, name=name, vat_code="high", size_range=bar, sales_price=Decimal("49.95"), matrix=True,
        search_text=fold(f"{number} {name}"),
    )  # fmt: skip
    places = Colour.objects.filter(label__in=labels).order_by("position"), bar.sizes.order_by("position")
    variants = Variant.objects.bulk_create(
        Variant(article=made, colour=colour, size=size) for colour in places[0] for size in places[1]
    )
    Barcode.objects.bulk_create(Barcode(code=f"G-{number}-{at}", variant=row) for at, row in enumerate(variants))
    levels([row.pk for row in variants], branch_ids, pieces)
    return made


def levels(variant_ids: Sequence[int], branch_ids: Sequence[int], pieces: int = 3) -> None:
    """Stock of each of these variants at each of these branches."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {StockLevel._meta.db_table} (branch_id, variant_id, on_hand, reserved)"
            " SELECT b, v, %s, 1 FROM unnest(%s::bigint[]) b, unnest(%s::bigint[]) v",
            [pieces, list(branch_ids), list(variant_ids)],
        )


def stock(branch: Branch, number: int, per_article: int = 100) -> list[int]:
    """So many stock rows at a branch, of articles with so many variants each. Gives the ids of the articles."""
    first = article(f"V{Article.objects.count():06d}", 10, per_article // 10)
    start = Article.objects.count()
    others = copies(
        first, max(number // per_article - 1, 0), number=f"'V' || lpad((g + {start})::text, 6, '0')",
        name=f"'Overhemd Voorraad ' || (g + {start})", search_text=f"'v' || (g + {start}) || ' overhemd voorraad'",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_variant (article_id, colour_id, size_id, own_price, currency, active)"
            " SELECT a, colour_id, size_id, own_price, currency, active FROM catalog_variant, unnest(%s::bigint[]) a"
            " WHERE article_id = %s",
            [others, first.pk],
        )
    levels(Variant.objects.filter(article__in=[first.pk, *others]).values_list("pk", flat=True), [branch.pk])
    return [first.pk, *others]


def quick_keys(till: Till, article_ids: Sequence[int], number: int) -> TillLayout:
    """A layout of the till with so many keys: of articles by turns, every fifth of a variant."""
    layout = TillLayout.objects.create(name=f"Groei {TillLayout.objects.count()}")
    layout.tills.add(till)
    pages = QuickKeyPage.objects.bulk_create(
        QuickKeyPage(layout=layout, name=f"Blad {at + 1}", position=at) for at in range(-(-number // PER_PAGE))
    )
    variant = dict(Variant.objects.filter(article__in=article_ids).values_list("article", "pk"))

    def goods(at: int) -> dict[str, Any]:
        pk = article_ids[at % len(article_ids)]
        return {"variant_id": variant[pk]} if at % 5 == 4 else {"article_id": pk}

    QuickKey.objects.bulk_create(
        QuickKey(page=pages[at // PER_PAGE], row=at % PER_PAGE // 5, column=at % 5, **goods(at)) for at in range(number)
    )
    return layout


def orders(like: SalesOrder, count: int, /, **own: str) -> list[int]:
    """Copies of a confirmed order, each with its lines and VAT; a minute older each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sales_salesorder")
        start = cursor.fetchone()[0]
        values = {"confirmed_at": "confirmed_at - g * interval '1 minute'", "copied_from_id": "null"}
        if like.number:
            values["number"] = f"'VO-GROEI-' || (g + {start})"
        made = copies(like, count, **values | own)
        for model in (OrderLine, like.vat_rows.model):
            columns = [f.column for f in model._meta.concrete_fields if not f.primary_key and f.column != "order_id"]
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} (order_id, {', '.join(columns)})"
                f" SELECT o, {', '.join(columns)} FROM {model._meta.db_table}, unnest(%s::bigint[]) o"
                " WHERE order_id = %s",
                [made, like.pk],
            )
    return made


def amendments(order_ids: Sequence[int], like: SalesOrder) -> list[int]:
    """An open amendment of each of these orders, by who made the one that they are like."""
    return orders(
        like, len(order_ids), number="''", listed="false", lifecycle="'draft'", status="'draft'", version="0",
        amends_id=f"(ARRAY[{','.join(map(str, order_ids))}])[g]", claimed_by_id=str(like.entered_by_id),
        claimed_at="now()", confirmed_at="null", confirmed_by_id="null", paid_total="0", payment_state="'none'",
    )  # fmt: skip


def customers(like: Customer, number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) FROM relations_customer")
        last = cursor.fetchone()[0]
    return copies(
        like, number, number=f"{last} + g", name="'Groei Klant ' || g", last_name="'Klant ' || g", email="''",
        phone="''", search_text=f"({last} + g) || ' groei klant ' || g",
    )  # fmt: skip
