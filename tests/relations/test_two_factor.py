"""The second step of a log-in: set up in the profile, asked after the password, once per code, and counted."""

import datetime
import re
import uuid

import pyotp
import pytest
import time_machine
import zxingcpp
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.models import RecoveryCode, SecondFactor
from backoffice.relations.services import two_factor
from backoffice.relations.services.employees import Secret
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 24, 12, 0, 10, tzinfo=datetime.UTC)
SECONDS = datetime.timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def utrecht():
    return factories.branch("Utrecht")


@pytest.fixture
def mira(utrecht):
    return factories.employee("manager", utrecht, name="Mira Manager", email="mira@example.com")


def key():
    return {"key": str(uuid.uuid4())}


def code_of(person, shift: int = 0) -> str:
    """What the app on the phone shows, so many seconds from now."""
    factor = SecondFactor.objects.get(employee=person)
    moment = datetime.datetime.now(datetime.UTC) + shift * SECONDS
    return pyotp.TOTP(two_factor.secret(factor)).at(moment)


def set_up(person) -> list[str]:
    two_factor.begin(employee=person)
    return two_factor.confirm(employee=person, code=Secret(code_of(person, -30)))


def password(client, email="mira@example.com", word=factories.PASSWORD, **more):
    return client.post(reverse("login"), {"username": email, "password": word} | more)


def give(client, code):
    return client.post(reverse("login_code"), {"code": code})


def inside(client) -> bool:
    return "_auth_user_id" in client.session


def actions() -> list[str]:
    return list(JournalEntry.objects.order_by("sequence").values_list("action", flat=True))


def test_the_codes_are_those_of_rfc_6238(mira):
    """Appendix B of the RFC, SHA-1, the last six of its eight figures."""
    app = pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert app.at(seconds) == code
    factor = two_factor.begin(employee=mira)
    assert len(two_factor.secret(factor)) == 32  # 160 bits
    assert two_factor.secret(factor) not in str(SecondFactor.objects.values().get())


def test_it_is_set_up_in_the_profile_by_a_qr_code(client, mira, clock, tmp_path):
    client.force_login(mira)
    assert client.post(reverse("relations:two_factor_begin"), key()).url == reverse("relations:two_factor")
    page = client.get(reverse("relations:two_factor")).content.decode()
    assert two_factor.secret(SecondFactor.objects.get()) in page and "<style" not in page and " style=" not in page
    wrong = client.post(reverse("relations:two_factor"), {"code": "000000"})
    assert wrong.status_code == 422 and "klopt niet" in wrong.content.decode()
    assert SecondFactor.objects.get().confirmed_at is None and not RecoveryCode.objects.exists()
    page = client.post(reverse("relations:two_factor"), {"code": code_of(mira)}).content.decode()
    codes = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", page)
    assert len(codes) == 10 and SecondFactor.objects.get().confirmed_at == NOON
    assert not set(codes) & set(RecoveryCode.objects.values_list("hash", flat=True))
    assert actions() == ["employee.login_failed", "employee.two_factor_on"]
    assert client.get(reverse("relations:two_factor")).url == reverse("relations:profile")
    assert "Nog 10 herstelcodes" in client.get(reverse("relations:profile")).content.decode()


def test_the_qr_code_says_what_an_app_expects(mira, tmp_path):
    import segno

    factor = two_factor.begin(employee=mira)
    segno.make(two_factor.uri(factor, mira), error="m").save(str(tmp_path / "qr.png"), scale=5)
    (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"))
    parsed = pyotp.parse_uri(read.text)
    assert (parsed.issuer, parsed.name, parsed.secret) == ("Toonbank", "mira@example.com", two_factor.secret(factor))


def test_after_the_password_the_code_is_asked_and_then_one_is_in(client, mira, clock):
    set_up(mira)
    answer = password(client, next="/debiteuren/?q=zoe")
    assert answer.url == reverse("login_code") and not inside(client)
    assert client.get("/debiteuren/").status_code == 302  # a password alone opens nothing
    assert client.get(reverse("login_code")).status_code == 200
    assert give(client, code_of(mira)).url == "/debiteuren/?q=zoe" and inside(client)
    assert actions()[-1] == "employee.login"


def test_a_code_is_used_once_and_an_older_one_never(client, mira, clock):
    set_up(mira)
    password(client)
    code, before = code_of(mira), code_of(mira, -30)
    assert give(client, code).status_code == 302
    client.post(reverse("logout"))
    for used in (code, before):
        password(client)
        assert give(client, used).status_code == 422 and not inside(client)
    clock.move_to(NOON + 30 * SECONDS)
    assert give(client, code_of(mira)).status_code == 302


@pytest.mark.parametrize(("shift", "status"), [(-30, 302), (30, 302), (-60, 422), (60, 422)])
def test_a_clock_may_be_half_a_minute_off(client, mira, clock, shift, status):
    set_up(mira)
    SecondFactor.objects.update(last_step=0)
    password(client)
    assert give(client, code_of(mira, shift)).status_code == status


def test_after_five_wrong_codes_even_a_right_one_waits(client, mira, clock, settings):
    set_up(mira)
    password(client)
    for _ in range(settings.TWO_FACTOR_LIMIT):
        refused = give(client, "000000")
    assert "Te vaak een verkeerde code. Probeer het over 15 minuten opnieuw." in refused.content.decode()
    assert give(client, code_of(mira)).status_code == 422 and not inside(client)
    failed = JournalEntry.objects.filter(action="employee.login_failed").order_by("pk")
    assert [entry.data["reason"] for entry in failed] == ["code"] * 4 + ["locked"]
    clock.move_to(NOON + 16 * 60 * SECONDS)
    password(client)
    assert give(client, code_of(mira)).status_code == 302


def test_the_password_waits_five_minutes_for_the_code(client, mira, clock):
    set_up(mira)
    password(client)
    clock.move_to(NOON + 301 * SECONDS)
    assert give(client, code_of(mira)).url == reverse("login") and not inside(client)


@pytest.mark.parametrize("change", ["password", "active"])
def test_who_was_put_out_in_between_does_not_come_in(client, mira, clock, change):
    set_up(mira)
    password(client)
    if change == "password":
        mira.set_password("een heel ander woord")
    mira.active = change != "active"
    mira.save()
    assert give(client, code_of(mira)).url == reverse("login") and not inside(client)


def test_a_code_without_a_password_opens_nothing(client, mira, clock):
    set_up(mira)
    assert client.get(reverse("login_code")).url == give(client, code_of(mira)).url == reverse("login")


def test_a_recovery_code_opens_once(client, mira, clock):
    codes = set_up(mira)
    password(client)
    assert give(client, codes[3].lower().replace("-", " ")).status_code == 302
    assert JournalEntry.objects.get(action="employee.recovery_code_used").data == {"left": 9}
    client.post(reverse("logout"))
    password(client)
    assert give(client, codes[3]).status_code == 422 and not inside(client)


def test_new_recovery_codes_make_the_old_ones_worthless(client, mira, clock):
    old = set_up(mira)
    client.force_login(mira)
    page = client.post(reverse("relations:recovery_codes"), {"code": code_of(mira)})
    assert page.status_code == 200 and old[0] not in page.content.decode() and RecoveryCode.objects.count() == 10
    with pytest.raises(Refusal, match="klopt niet"):
        two_factor.check(employee=mira, code=Secret(old[0]))


def test_a_role_that_must_sets_it_up_before_anything_else(client, mira, clock, settings):
    settings.REQUIRE_TWO_FACTOR = True
    password(client)
    assert inside(client)
    assert client.get(reverse("sales:orders")).url == reverse("relations:two_factor")
    fragment = client.get(reverse("relations:customer_dialog"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, reverse("relations:two_factor"))
    assert "Uw rol vraagt" in client.get(reverse("relations:two_factor")).content.decode()
    client.post(reverse("relations:two_factor_begin"), key())
    client.post(reverse("relations:two_factor"), {"code": code_of(mira)})
    assert client.get(reverse("sales:orders")).status_code == 200
    refused = client.post(reverse("relations:two_factor_off"), {"code": code_of(mira, 30)})
    assert refused.status_code == 422 and SecondFactor.objects.exists()


@pytest.mark.parametrize(
    ("role", "required", "asked"),
    [("seller", True, False), ("manager", True, True), ("office", True, True), ("admin", True, True),
     ("manager", False, False)],
)  # fmt: skip
def test_from_managers_up_where_the_shop_asks_it(client, utrecht, settings, role, required, asked):
    settings.REQUIRE_TWO_FACTOR = required
    factories.employee(role, utrecht, email="wie@example.com")
    password(client, "wie@example.com")
    assert (client.get(reverse("relations:customers")).status_code == 302) == asked


def test_who_need_not_may_turn_it_off_with_a_code(client, mira, clock):
    set_up(mira)
    client.force_login(mira)
    assert client.post(reverse("relations:two_factor_off"), {"code": "000000"}).status_code == 422
    assert SecondFactor.objects.exists()
    assert client.post(reverse("relations:two_factor_off"), {"code": code_of(mira)}).status_code == 302
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()


def test_a_beheerder_takes_it_away_for_somebody_else_and_that_is_journalled(client, mira, utrecht, clock):
    set_up(mira)
    bea = factories.employee("admin", utrecht)
    client.force_login(bea)
    url = reverse("relations:two_factor_reset", args=[mira.pk])
    assert "Tweede stap wissen" in client.get(reverse("relations:employee", args=[mira.pk])).content.decode()
    assert "De tweede stap van Mira Manager wissen?" in client.get(url).content.decode()
    assert SecondFactor.objects.exists()
    assert client.post(url, key()).headers["HX-Redirect"] == reverse("relations:employee", args=[mira.pk])
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    entry = JournalEntry.objects.get(action="employee.two_factor_off")
    assert (entry.employee, entry.object_id) == (bea, str(mira.pk))
    assert client.post(url, key()).status_code == 422


def test_nobody_takes_away_ones_own_this_way(client, utrecht, clock):
    bea = factories.employee("admin", utrecht)
    set_up(bea)
    client.force_login(bea)
    assert client.post(reverse("relations:two_factor_reset", args=[bea.pk]), key()).status_code == 422
    assert SecondFactor.objects.exists()


def test_the_operator_helps_the_last_beheerder(mira, clock, capsys):
    set_up(mira)
    call_command("reset_two_factor", "MIRA@example.com")
    assert not SecondFactor.objects.exists()
    assert JournalEntry.objects.get(action="employee.two_factor_off").employee is None
    with pytest.raises(CommandError, match="has no second step"):
        call_command("reset_two_factor", "mira@example.com")


def test_begun_anew_while_it_is_on_is_refused(mira, clock):
    set_up(mira)
    with pytest.raises(Refusal, match="staat al aan"):
        two_factor.begin(employee=mira)


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_twice_at_once_opens_once(mira):
    from tests.racing import together

    two_factor.begin(employee=mira)
    two_factor.confirm(employee=mira, code=Secret(code_of(mira, -30)))
    code = Secret(code_of(mira))
    told = together(*[lambda: two_factor.check(employee=mira, code=code)] * 4)
    assert sorted(type(one).__name__ for one in told) == ["NoneType", "Refusal", "Refusal", "Refusal"]


def test_what_is_no_page_of_the_shop_leads_home_after_the_code(client, mira, clock):
    set_up(mira)
    clock.shift(60 * SECONDS)
    password(client, next="%")
    assert client.post(reverse("login_code"), {"code": code_of(mira)}).url == reverse("home")


def test_each_secret_is_of_chance_and_long(mira, utrecht):
    other = factories.employee("manager", utrecht, name="Joris Manager")
    seeds = [two_factor.begin(employee=person).seed for person in (mira, other, mira)]
    assert len(set(seeds)) == 3 and all(re.fullmatch("[0-9a-f]{64}", seed) for seed in seeds)


def test_what_one_sets_up_or_uses_is_nobody_elses(mira, utrecht, clock):
    joris = factories.employee("manager", utrecht, name="Joris Manager")
    first = two_factor.begin(employee=joris)
    assert (two_factor.begun(mira), two_factor.begun(joris)) == (None, first)
    own = set_up(mira)
    assert (two_factor.of(joris), two_factor.begun(joris), two_factor.begun(mira)) == (None, first, None)
    theirs = set_up(joris)
    assert (two_factor.of(mira).employee, two_factor.of(joris).employee) == (mira, joris)
    with pytest.raises(Refusal):
        two_factor.check(employee=mira, code=Secret(theirs[0]))
    with pytest.raises(Refusal):
        two_factor.check(employee=mira, code=Secret("AAAA-BBBB-CCCC-DDDD"))
    two_factor.check(employee=mira, code=Secret(own[0]))
    left = {person: RecoveryCode.objects.filter(employee=person).count() for person in (mira, joris)}
    assert left == {mira: len(own) - 1, joris: len(theirs)}
