"""The PDF engine reads our own static and media files and nothing else; barcodes read back from the page."""

import http.server
import re
import sys
import threading

import pypdfium2
import pytest
import zxingcpp

from backoffice.core.errors import Refusal
from sales.documents import checks, codes, pdf


@pytest.fixture
def elsewhere():
    """A web server that is not ours; yields its address and the list of paths that it was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "page",
    [
        '<img src="{url}/x.png">',
        '<link rel="stylesheet" href="{url}/x.css">',
        '<style>@import "{url}/x.css";</style>',
        '<p style="background: url({url}/x.png)">x</p>',
    ],
)
def test_another_address_is_refused_and_never_asked(page, elsewhere):
    url, asked = elsewhere
    with pytest.raises(pdf.ForeignResource, match=r"127\.0\.0\.1"):
        pdf.render_pdf(page.format(url=url))
    assert asked == []


def test_how_a_template_is_laid_out_moves_no_word_of_the_paper(monkeypatch):
    cell = "<td>{0}<b>Wit,</b> maat {size}{0}</td>"
    wide = "".join(cell.replace("{size}", f"{size}/{size}") for size in range(30, 46))
    page = f"<p>{{0}}Artikel<br>{{0}}Kade{{0}}</p><table class='doc'><tr>{wide}</tr></table>"
    tight = pdf.render_pdf(page.format(""))
    assert pdf.render_pdf(page.format("\n      ")) == tight
    monkeypatch.setattr(pdf, "EDGES", re.compile("(nothing of it)"))
    assert pdf.render_pdf(page.format("\n      ")) != tight


def test_a_drawing_that_asks_elsewhere_stays_empty_and_nobody_is_asked(elsewhere):
    url, asked = elsewhere
    drawing = f'<svg width="9" height="9" viewBox="0 0 9 9"><image href="{url}/x.png" width="9" height="9"/></svg>'
    assert b"/Subtype /Image" not in pdf.render_pdf(drawing)
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "/static/../../../../etc/passwd",
        "/media/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/media//etc/passwd",
        "//documents.invalid.evil.example/static/icons.svg",
        "ftp://documents.invalid/static/icons.svg",
        "data:image/svg+xml,<svg/>",
    ],
)
def test_files_outside_our_folders_are_refused(url):
    with pytest.raises(pdf.ForeignResource):
        pdf.render_pdf(f'<img src="{url}">')


def test_a_file_of_our_own_is_read_and_a_missing_one_is_left_out():
    content, kind = pdf.read_own(f"{pdf.ORIGIN}/static/css/print.css")
    assert (b"@page" in content, kind) == (True, "text/css")
    assert pdf.render_pdf('<img src="/media/logos/gone.png"><p>tekst</p>').startswith(b"%PDF-")


@pytest.mark.parametrize("number", ["VO-2026-00012", "VO-2026-123456", "UT1-2026-018442"])
def test_a_scanner_reads_the_number_from_the_page(number):
    code = codes.code128(number)
    page = (
        '<main class="paper"><table class="addr-row"><tr><td></td><td class="id">'
        f'<svg class="barcode" viewBox="0 0 {code.width} 1" preserveAspectRatio="none"><path d="{code.path}"/></svg>'
        "</td></tr></table></main>"
    )
    picture = pypdfium2.PdfDocument(pdf.render_pdf(page))[0].render(scale=200 / 72).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert (found.text, found.format) == (number, zxingcpp.BarcodeFormat.Code128)


def test_without_pango_who_asks_for_a_pdf_is_told_and_the_check_says_so(monkeypatch):
    pdf._engine.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Refusal) as refused:
        pdf.render_pdf("<p>Bon</p>")
    assert (refused.value.code, refused.value.message) == (
        "pdf.engine", "Op de server ontbreekt Pango, dus er is geen PDF. Vraag de beheerder.",
    )  # fmt: skip
    [found] = checks.pango(None)
    assert found.id == "toonbank.E001" and "libpango-1.0-0" in found.hint
    monkeypatch.undo()
    assert checks.pango(None) == []
    assert pdf.render_pdf("<p>Bon</p>").startswith(b"%PDF")
