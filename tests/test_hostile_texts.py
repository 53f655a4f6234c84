"""Every template is drawn with hostile texts, and shows them as text: as names of what it is given, and as the data
of a shop of which every page is asked.
"""

import random
import re
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import CharField, TextField
from jinja2 import FileSystemLoader, Undefined, nodes
from jinja2.runtime import Macro

from backoffice.core import templating
from pos.models import Receipt
from pos.slip import facts
from tests import test_rights
from tests.pos import counter
from tests.test_growing import grow
from tests.test_rights import known, url_of

# the number that a plural goes by is anything too
pytestmark = pytest.mark.filterwarnings("ignore:Plural value must be an integer")
shop = test_rights.shop
ROOT = Path(settings.BASE_DIR) / "templates"
PATHS = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
# ends an attribute in any quotes and an element, starts an element with a handler; right-to-left marks; 500 letters
HOSTILE = "\"'><b1 onx=1>'\"&amp;</b1>\u202e\u200f" + "x" * 500
TIMES = 10  # that a template is drawn; each time its conditions fall otherwise


class Anything(Undefined):
    """Stands for whatever a template asks of what it is given; it is HOSTILE as text, and true or not by chance."""

    __slots__ = ()
    chance = random.Random(1)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name=name)

    def _another(self, *_args, **_named):
        return Anything(name="another")

    def _perhaps(self, *_others):
        return self.chance.random() < 0.5

    def _one(self, *_digits):
        return 1

    def __str__(self):
        return HOSTILE

    def __iter__(self):
        return iter([Anything(name="first"), Anything(name="second")])

    def __len__(self):
        return 2

    __hash__ = Undefined.__hash__
    __getitem__ = __call__ = _another
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __mod__ = __neg__ = __abs__ = _another
    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _perhaps
    __int__ = __index__ = __round__ = _one


def rows(value, width: int):
    """What a loop over tuples of so many goes by."""
    return [[Anything(name="part")] * width] * 2 if isinstance(value, Anything) else value


class Drawn(templating.Templates):
    def _parse(self, source, name, filename):
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            if isinstance(loop.target, nodes.Tuple):
                width = nodes.Const(len(loop.target.items))
                loop.iter = nodes.Filter(loop.iter, "rows", [width], [], None, None)
        return tree

    def get_or_select_template(self, given, *others, **named):
        """A part that the view names is a text too."""
        if isinstance(given, Anything):
            return self.from_string("{{ part }}")
        return super().get_or_select_template(given, *others, **named)


@pytest.fixture(scope="module")
def drawing():
    """The environment of the product, in which every name, filter and function of ours gives a hostile text."""
    options = settings.TEMPLATES[0]["OPTIONS"]
    kept = {name: options[name] for name in ("extensions", "trim_blocks", "lstrip_blocks")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templating, "Templates", Drawn)
        env = templating.environment(loader=FileSystemLoader(ROOT), autoescape=True, undefined=Anything, **kept)
    env.filters |= dict.fromkeys(templating.FILTERS, lambda *_args, **_named: HOSTILE)
    env.filters |= {"default": lambda value, *_others: value, "rows": rows, "tojson": lambda _value: HOSTILE}
    env.filters["address_lines"] = lambda *_parts, **_named: [HOSTILE]
    env.tests["defined"] = bool
    env.globals |= dict.fromkeys(templating.GLOBALS, Anything(name="function"))
    return env


class Seen(HTMLParser):
    """Whether a page has an element or attribute of HOSTILE's, and how often the text stands in it whole."""

    def __init__(self, page: str, text: str = HOSTILE):
        super().__init__()
        self.broken, self.text, self.shown = [], text, 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.shown += sum((value or "").count(self.text) for _name, value in attrs)
        if tag == "b1" or any(name == "onx" or not re.fullmatch("[a-z][a-z0-9:-]*", name) for name, _value in attrs):
            self.broken.append(self.get_starttag_text()[:200])

    def handle_endtag(self, tag):
        if tag == "b1":
            self.broken.append("</b1>")

    def handle_data(self, data):
        self.shown += data.count(self.text)


# the names of attributes are the widget's own
GIVEN = {name: {"data-text": Anything(name="text")} for name in ("hidden_attrs", "shown_attrs")}


def drawn(env, name: str):
    """What the template draws, and what each of its macros does, when they are given anything."""
    template = env.get_template(name)
    yield template.render(GIVEN)
    for macro in vars(template.make_module(GIVEN)).values():
        if isinstance(macro, Macro):
            yield str(macro(*(Anything(name=given) for given in macro.arguments)))


@pytest.mark.parametrize("name", PATHS)
def test_a_template_shows_a_hostile_text_as_text(drawing, name):
    Anything.chance.seed(name)
    shown = 0
    for _time in range(TIMES):
        for page in drawn(drawing, name):
            seen = Seen(page)
            assert seen.broken == [], page
            shown += seen.shown
    assert shown


@pytest.mark.parametrize(
    "source", ["<p>{{ name | safe }}</p>", "<p title={{ name }}>", "<p {{ name }}>", "<p title='{{ name | safe }}'>"]
)
def test_a_text_that_is_not_escaped_or_not_quoted_is_found(drawing, source):
    assert Seen(drawing.from_string(source).render({})).broken != []
    assert Seen(drawing.from_string("<p title='{{ name }}'>{{ name }}</p>").render({})).broken == []


# what people type as words, of every model; the rest are codes, numbers and what is made of these
WORDS = {
    "attention", "body", "brand", "city", "colour_label", "company", "customer_attention", "customer_name",
    "description", "error", "file_name", "first_name", "infix", "label", "last_error", "last_name", "name", "note",
    "override_reason", "parked_name", "path", "print_error", "reason", "reference", "size_label", "street", "subject",
    "text", "till_text", "time_window", "title",
}  # fmt: skip


def spoil() -> set[str]:
    """Make every text of every row hostile, where the database lets it be changed; which fields they were."""
    spoilt = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, (CharField, TextField)) and field.name in WORDS and not field.choices:
                for pk in model.objects.values_list("pk", flat=True):
                    text = HOSTILE[: (field.max_length or 600) - 8] + str(pk)[:8]
                    with suppress(DatabaseError), transaction.atomic():
                        model.objects.filter(pk=pk).update(**{field.name: text})
                        spoilt.add(f"{model._meta.label}.{field.name}")
    return spoilt


@pytest.mark.django_db
def test_every_page_of_a_shop_of_hostile_texts_shows_them_as_text(client, shop):
    grow(shop, 2)
    spoilt = spoil()
    assert len(spoilt) > 40, spoilt
    for row in (shop.till, shop.order, *shop.employees.values()):
        row.refresh_from_db()
    shop.receipt = Receipt(number="F1-2026-000002", till=shop.till, order=shop.order, employee=shop.employees["seller"])
    shop.receipt.paper = facts(shop.receipt, list(shop.order.lines.all()), [], [])
    shop.receipt.save()
    client.force_login(shop.employees["admin"])
    counter.sit(client, shop.till, shop.employees["admin"])
    shown = {}
    for name, path, _right, methods in known():
        if "GET" not in methods:
            continue
        for order in (shop.order, shop.slip.delivery.order, shop.lived) if "<int:order_id>" in path else (None,):
            url = url_of(shop, name, path.replace("<int:order_id>", str(order.pk)) if order else path)
            answer = client.get(url)
            assert answer.status_code < 500, name
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                seen = Seen(answer.content.decode(), HOSTILE[:13])
                assert seen.broken == [], name
                shown[name] = shown.get(name, 0) + seen.shown
    assert sum(1 for times in shown.values() if times) > 80, shown
