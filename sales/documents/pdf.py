"""From a page of HTML to a PDF, with WeasyPrint: own files only, no network, the same bytes every time.

WeasyPrint takes half a second to import, and Pango is not safe for threads: it is loaded at the first page that is
asked for, keeps its fonts and the parsed style sheet, and renders one page at a time per process.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from mimetypes import guess_type
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal

log = logging.getLogger(__name__)
# where a document thinks it stands; a name that exists nowhere (RFC 6761), and is never asked
ORIGIN = "http://documents.invalid"
STATIC, MEDIA = "/static/", "/media/"
STYLE = "css/print.css"
# fontTools stamps the fonts that it puts into a PDF with the time, unless it is told which
FONT_TIME = "1500000000"

# white space at the edges of a block, which WeasyPrint counts in the width of a column
BLOCK = r"(?:td|th|p|h\d|div|dt|dd|li)"
EDGES = re.compile(rf"(<{BLOCK}\b[^<>]*>)[ \t\n\r\f]+|[ \t\n\r\f]+(?=</{BLOCK}>|<br>)")

_one_at_a_time = threading.Lock()


class ForeignResource(Exception):
    """A page asks for something that is not in our own static or media files; nothing was fetched."""


def media_url(name: str) -> str:
    """The address of a media file inside a document."""
    return f"{MEDIA}{name}"


def logo_url(branch) -> str:
    """The address of the branch's logo inside a document; empty where there is none, or its file is gone."""
    name = branch.logo.name
    return media_url(name) if name and default_storage.exists(name) else ""


def render_pdf(*pages: str) -> bytes:
    """The PDF of one or more whole pages of HTML, under print.css; each counts its own sheets.

    Addresses in them are /static/... and /media/...; anything else raises ForeignResource. The same pages give the
    same bytes. A font or picture of our own that is missing is left out.
    """
    papers = [lay_out(page) for page in pages]
    return join(papers)


def lay_out(html: str, on_sheet: Callable[[int], None] | None = None) -> Any:
    """One page of HTML laid out, for join(). Raises ForeignResource.

    on_sheet: called with the number of each sheet before it is laid out; what it raises ends the work.
    """
    with _one_at_a_time, _told(on_sheet):
        engine = _engine()
        try:
            page = engine.weasyprint.HTML(string=EDGES.sub(r"\1", html), base_url=ORIGIN, url_fetcher=engine.fetcher)
            return page.render(font_config=engine.fonts, stylesheets=[engine.style])
        except engine.fatal as error:  # a BaseException, which no caller would catch
            raise ForeignResource(str(error)) from None


class _Sheets(logging.Handler):
    """Calls with the number of each sheet ("Step 5 - Creating layout - Page 3")."""

    def __init__(self, on_sheet: Callable[[int], None]):
        super().__init__()
        self.on_sheet = on_sheet

    def handle(self, record):
        if record.args and "Page" in record.msg:
            self.on_sheet(int(record.args[0]))
        return True


@contextmanager
def _told(on_sheet: Callable[[int], None] | None) -> Iterator[None]:
    """Call it as WeasyPrint says on its progress logger that it begins a sheet; nobody else hears of that."""
    if on_sheet is None:
        yield
        return

    progress, handler = logging.getLogger("weasyprint.progress"), _Sheets(on_sheet)
    before = progress.level, progress.propagate
    progress.addHandler(handler)
    progress.setLevel(logging.INFO)
    progress.propagate = False
    try:
        yield
    finally:
        progress.removeHandler(handler)
        progress.setLevel(before[0])
        progress.propagate = before[1]


def join(papers: Sequence[Any]) -> bytes:
    """One PDF of all that was laid out, in order, tagged for who reads by ear; language and title are the first's."""
    paper = papers[0] if len(papers) == 1 else papers[0].copy([page for paper in papers for page in paper.pages])
    with _one_at_a_time:
        return paper.write_pdf(pdf_tags=True)


def read_own(url: str) -> tuple[bytes, str]:
    """The content and type of one of our own files. Raises ForeignResource for any other address, and OSError."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    try:
        if f"{parts.scheme}://{parts.netloc}" == ORIGIN and path.startswith(MEDIA):
            with default_storage.open(path.removeprefix(MEDIA)) as file:
                content = file.read()
        elif f"{parts.scheme}://{parts.netloc}" == ORIGIN and path.startswith(STATIC):
            found = finders.find(path.removeprefix(STATIC))
            if not found:
                raise FileNotFoundError(path)
            with open(found, "rb") as file:
                content = file.read()
        else:
            raise ForeignResource(url[:200])
    except (SuspiciousOperation, ValueError) as error:  # a path that climbs out of its folder
        raise ForeignResource(url[:200]) from error
    return content, guess_type(path)[0] or "application/octet-stream"


def missing() -> str:
    """Why no PDF can be made on this machine, or nothing: the libraries of Pango are not Python's."""
    try:
        import weasyprint  # noqa: F401
        from PIL import ImageFile
    except (OSError, ImportError) as error:
        return " ".join(str(error).split())[:200]
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it, for uploads too: half a picture would come in whole
    return ""


def _weasyprint() -> Any:
    """The library. Raises Refusal where its own libraries are missing."""
    if told := missing():
        log.error("No PDF can be made: %s", told)
        raise Refusal("pdf.engine", _("Op de server ontbreekt Pango, dus er is geen PDF. Vraag de beheerder."))
    import weasyprint

    return weasyprint


@cache
def _engine() -> SimpleNamespace:
    """WeasyPrint, its fetcher, fonts and our style sheet; made once per process, after it was forked."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", FONT_TIME)
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Asks nobody: every address goes to read_own."""

        def fetch(self, url, headers=None):
            try:
                content, kind = read_own(url)
            except ForeignResource as error:
                raise FatalURLFetchingError(str(error)) from error
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    fetcher, fonts = OwnFiles(), FontConfiguration()
    style = weasyprint.CSS(url=f"{ORIGIN}{STATIC}{STYLE}", url_fetcher=fetcher, font_config=fonts)
    return SimpleNamespace(
        weasyprint=weasyprint, fetcher=fetcher, fonts=fonts, style=style, fatal=FatalURLFetchingError
    )
