"""`python -m tests.screenshots`: the pictures of the README, of the demo shop, at the size of a desk."""

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
TOUR = ROOT / "static" / "tour"
CATALOGUE = ROOT / "tests" / "data" / "manual.csv"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium")
SIZE = {"width": 1366, "height": 768}
TILL = {"width": 1024, "height": 768}
LARGEST = 250_000  # bytes of one picture


@contextmanager
def demo_shop():
    """`manage.py serve` on a folder and a port of its own. Gives the address, and how the administrator logs in."""
    with tempfile.TemporaryDirectory(prefix="toonbank-tour-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        ours = {"SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "DEBUG", "HTTPS", "ALLOWED_HOSTS"}
        environment = {name: value for name, value in os.environ.items() if name not in ours} | {
            "TOONBANK_DATA": folder
        }
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            logins = {}
            for line in server.stdout:
                words = line.strip().split("  ")
                if len(words) == 4:
                    logins[words[0]] = [*words[1:3], words[3].removeprefix("PIN ")]
                if "Verkoper Utrecht" in logins:
                    break
            else:
                sys.exit("The demo shop did not start.")
            threading.Thread(target=server.stdout.read, daemon=True).start()
            yield f"http://localhost:{port}", logins["Beheerder"]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    keep(Image.open(io.BytesIO(page.screenshot())), name)


def keep(picture: Image.Image, name: str) -> None:
    """Save it; a picture that is too large loses the finest shades, which no eye misses."""
    for bits in (8, 7, 6, 5):
        path = TOUR / f"{name}.png"
        ImageOps.posterize(picture.convert("RGB"), bits).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            break


def choose(page: Page, label: str, text: str) -> None:
    page.get_by_role("combobox", name=label).fill(text)
    page.get_by_role("option", name=text).first.click()
    page.wait_for_load_state("networkidle")


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label).fill(text)
    page.get_by_label(label).press("Tab")
    page.wait_for_load_state("networkidle")


def article(page: Page, name: str) -> None:
    page.get_by_role("button", name="Artikel toevoegen", exact=True).click()
    choose(page, "Artikel", name)


def matrix(page: Page, name: str, cells: dict[str, int], picture: str = "") -> None:
    article(page, name)
    window = page.get_by_role("dialog", name=name)
    for cell, pieces in cells.items():
        window.get_by_role("textbox", name=f"Aantal {cell}", exact=True).fill(str(pieces))
    if picture:
        shoot(page, picture)
    window.get_by_role("button", name="In order zetten").click()
    window.wait_for(state="detached")
    page.wait_for_load_state("networkidle")


def order(page: Page) -> None:
    """A business order, made as the manual says, up to its confirmation."""
    page.goto("/verkoop/verkooporders/")
    shoot(page, "orders")
    page.get_by_role("button", name="Nieuw", exact=True).click()
    page.wait_for_selector("html[data-scanning=ready]")
    choose(page, "Soort", "Verkooporder zakelijk")
    choose(page, "Debiteur", "Hotel De Zwaan")
    fill(page, "Betreft", "Bedrijfskleding receptie")
    fill(page, "Verwachte leverdatum", f"{date.today() + timedelta(days=12):%d-%m-%Y}")
    choose(page, "Leverwijze", "Bezorgen")
    shirts = {"Lichtblauw 39": 2, "Lichtblauw 40": 3, "Lichtblauw 42": 1, "Wit 40": 4, "Wit 41": 2}
    matrix(page, "Oxford-overhemd Kade", shirts, "matrix")
    fill(page, "Korting Oxford-overhemd Kade Wit 40", "10 %")
    matrix(page, "Derby Veldman", {"Cognac 43": 1, "Zwart 42": 2})
    article(page, "Schoencrème neutraal")
    page.get_by_label("Aantal Schoencrème neutraal").wait_for()
    article(page, "Broek inkorten")
    fill(page, "Tekst Broek inkorten", "Binnenbeen 78 cm")
    fill(page, "Aantal Broek inkorten", "3")
    page.get_by_text("Klaar om te scannen").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.locator("#toasts .toast").first.wait_for(state="detached")
    shoot(page, "order")
    page.emulate_media(color_scheme="dark")
    shoot(page, "order-dark")
    page.emulate_media(color_scheme="light")


def paper(page: Page, name: str, picture: str) -> None:
    """The first sheet of a PDF that hangs under the page."""
    answer = page.request.get(f"{page.url.partition('?')[0]}{name}.pdf")
    keep(pypdfium2.PdfDocument(io.BytesIO(answer.body()))[0].render(scale=1.3).to_pil(), picture)


def confirmation(page: Page) -> None:
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    page.get_by_role("button", name="Afdrukken").wait_for()
    paper(page, "orderbevestiging", "confirmation")


def deposit(page: Page) -> None:
    """Aanbetalen on the order that was just confirmed: half of it by bank."""
    page.get_by_role("button", name="Aanbetalen").click()
    dialog = page.get_by_role("dialog", name="Aanbetalen op")
    dialog.get_by_role("checkbox", name="Bank").click()
    dialog.get_by_role("button", name="50 % van totaal").click()
    page.locator(".htmx-request").first.wait_for(state="detached")
    page.locator("#toasts .toast").first.wait_for(state="detached")
    shoot(page, "deposit")
    dialog.get_by_role("button", name="Betaling bevestigen").click()
    page.get_by_role("button", name="JA", exact=True).click()
    page.get_by_text("De aanbetaling is geregistreerd").wait_for()


def slip(page: Page) -> None:
    """A packing slip of what there is of it."""
    page.get_by_role("link", name="Pakbon aanmaken").click()
    page.get_by_role("heading", name="Pakbon aanmaken", exact=True).wait_for()
    page.get_by_role("button", name="Pakbon aanmaken").click()
    page.get_by_role("heading", name="Pakbon PB-").wait_for()
    paper(page, "pakbon", "slip")


def catalogue(page: Page) -> None:
    page.goto("/artikelen/?q=Wikkeljurk")
    page.get_by_role("link", name="Wikkeljurk Aurora").click()
    shoot(page, "article")
    page.goto("/artikelen/importeren/")
    page.get_by_label("Bestand").set_input_files(CATALOGUE)
    page.get_by_role("button", name="Naar het voorbeeld").click()
    page.get_by_role("button", name="Importeren").wait_for()
    shoot(page, "import")


def till(page: Page, pin: str) -> None:
    """This browser becomes a till, and the administrator sells at it."""
    page.goto("/kassa/kassas/")
    page.get_by_role("button", name="registreren").first.click()
    page.get_by_text("Deze browser is nu").first.wait_for()
    page.set_viewport_size(TILL)
    page.goto("/kassa/slot/")
    page.locator(".people label", has_text="Ilse").click()
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Ontgrendelen").click()
    page.wait_for_selector("html[data-till=ready]")
    for name in ("Impregneerspray", "Wasnetje", "Broek inkorten", "Schoencrème neutraal", "Kledingborstel"):
        page.locator(".quick-key", has_text=name).click()
        page.locator(".bon-line", has_text=name).wait_for()
    page.get_by_text("Klaar om te scannen").wait_for()
    shoot(page, "till")
    page.get_by_role("link", name="Afrekenen").click()
    page.wait_for_load_state("networkidle")
    if page.get_by_role("heading", name="Kassa openen").is_visible():
        page.get_by_role("button", name="€ 150,00").click()
        page.get_by_role("button", name="Kassa openen").click()
    page.wait_for_selector("html[data-pay=ready]")
    page.get_by_role("button", name="0", exact=True).wait_for()
    page.locator("[data-cash]").nth(1).click()
    if page.locator("#toasts .toast").count():
        page.locator("#toasts .toast").first.wait_for(state="detached")
    shoot(page, "checkout")


def main() -> None:
    TOUR.mkdir(exist_ok=True)
    with demo_shop() as (address, (email, password, pin)), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        options = {"viewport": SIZE, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam", "color_scheme": "light"}
        page = chromium.new_context(base_url=address, **options).new_page()
        page.goto("/")
        page.get_by_label("E-mailadres").fill(email)
        page.get_by_label("Wachtwoord").fill(password)
        page.get_by_role("button", name="Inloggen").click()
        page.get_by_role("navigation", name="Hoofdmenu").wait_for()
        order(page)
        confirmation(page)
        deposit(page)
        slip(page)
        catalogue(page)
        till(page, pin)
        chromium.close()
    for picture in sorted(TOUR.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(ROOT)}  {size // 1000} kB")
        if size > LARGEST:
            sys.exit(f"{picture.name} is larger than {LARGEST // 1000} kB.")


if __name__ == "__main__":
    main()
