"""A picture comes in small, whatever it was; what would take much to decode is refused before it is decoded."""

import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from backoffice.core import pictures
from backoffice.core.errors import Refusal
from sales.documents import pdf
from tests import bombs


def picture(kind="PNG", size=(2400, 1200), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 120).save(out, kind, **options)
    return out.getvalue()


def read(content: bytes, *, name: str = "foto.png", **bounds):
    upload = SimpleUploadedFile(name, content)
    return pictures.read(upload, **{"side": 1200, "most_bytes": 10_000_000} | bounds)


def refusal(content: bytes, **bounds) -> Refusal:
    """Why it is refused; that takes no time."""
    began = time.process_time()
    with pytest.raises(Refusal) as refused:
        read(content, **bounds)
    assert time.process_time() - began < 0.5
    return refused.value


@pytest.fixture
def never_decoded(monkeypatch):
    """Nothing but the head of a picture may be read."""

    def load(image):
        raise AssertionError(f"{image.size} is decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)


@pytest.mark.parametrize(
    "kind, mode", [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGB")]
)
def test_a_picture_is_made_small_and_named_after_its_content(kind, mode):
    made = read(picture(kind, mode=mode))
    with Image.open(made) as image:
        assert (image.format, image.size) == (kind, (1200, 600))
    assert made.name == read(picture(kind, mode=mode)).name


def test_what_a_camera_wrote_in_a_picture_does_not_come_in_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "Thuis, Oudegracht 12", 6  # turned by a quarter
    content = picture("JPEG", exif=exif)
    assert b"Oudegracht" in content
    made = read(content)
    with Image.open(made) as image:
        assert image.size == (600, 1200)
    made.seek(0)
    assert b"Oudegracht" not in made.read()


def test_a_photograph_of_two_pictures_is_read_as_its_first():
    """As telephones make them (MPO), named .jpg."""
    out = io.BytesIO()
    Image.new("RGB", (2400, 1200)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (240, 120))])
    made = read(out.getvalue())
    assert made.name.endswith(".jpg")
    with Image.open(made) as image:
        assert (image.format, image.size) == ("JPEG", (1200, 600))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n broken",
        b"%!PS-Adobe-3.0 EPSF-3.0", b"GIF89a", b"BM", b"II*\x00", b"PK\x03\x04", picture("GIF"), picture("TIFF"),
        picture("BMP"),
    ],
)  # fmt: skip
def test_what_is_no_picture_by_its_content_is_refused(content):
    refused = refusal(content)
    assert (refused.code, refused.field) == ("picture.kind", "image")
    assert refused.message == "Dit bestand is geen leesbare JPEG-, PNG- of WebP-afbeelding."


def test_a_picture_whose_name_says_something_else_is_refused():
    assert read(picture(), name="FOTO.JPG").name.endswith(".png")
    for name in ("foto.html", "foto.svg", "foto", "foto.png.exe"):
        assert refusal(picture(), name=name).code == "picture.kind"


def test_a_kind_that_is_not_asked_for_is_refused():
    refused = refusal(picture("WEBP"), kinds=("PNG", "JPEG"))
    assert refused.message == "Dit bestand is geen leesbare PNG- of JPEG-afbeelding."


def test_more_points_than_are_decoded_are_refused_by_what_the_kind_needs(never_decoded):
    told = "De afbeelding heeft meer dan 20 miljoen beeldpunten. Maak haar kleiner, of bewaar haar als JPEG."
    for size in ((7_000, 7_000), (10_000, 4_900), (100_000, 201), (1, 20_000_001)):
        refused = refusal(bombs.png(*size))
        assert (refused.code, refused.message) == ("picture.size", told)
    assert "12 miljoen" in refusal(picture("WEBP", (4_001, 3_000), "L")).message
    assert refusal(bombs.png(14_000, 14_000)).code == "picture.kind"  # beyond what Pillow opens
    with pytest.raises(AssertionError, match="is decoded"):  # and what is not refused would be
        pictures._small(Image.open(io.BytesIO(bombs.png(5_000, 4_000))), "PNG", 1200)


def test_a_large_jpeg_is_reduced_while_it_is_decoded():
    photograph = picture("JPEG", (7_000, 7_000), "L", quality=30)
    decoded = []
    with pytest.MonkeyPatch.context() as patch:
        thumbnail = Image.Image.thumbnail
        patch.setattr(
            Image.Image, "thumbnail", lambda image, size: decoded.append(image.size) or thumbnail(image, size)
        )
        with Image.open(read(photograph)) as image:
            assert (image.format, image.size) == ("JPEG", (1200, 1200))
    assert decoded == [(1750, 1750)]


def test_a_progressive_jpeg_is_held_whole_and_is_smaller_therefore(never_decoded):
    assert "24 miljoen" in refusal(picture("JPEG", (5_000, 4_801), "L", progressive=True, quality=30)).message


def test_a_picture_of_many_pieces_or_goes_is_refused(never_decoded):
    """Each piece is read by itself, and each go of a progressive JPEG runs over the whole picture."""
    jpeg = picture("JPEG", (64, 64), progressive=True)
    scans = jpeg.count(b"\xff\xda")
    head, scan = jpeg[: jpeg.index(b"\xff\xda")], jpeg[jpeg.rindex(b"\xff\xda") : -2]
    for content in (
        bombs.png(8, 8, chunks=bombs.chunk(b"abCd", b"") * 20_000),
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * 20_001 + jpeg[2:],
        b"\xff\xd8" + b"\xff" * 5_000_000 + jpeg[2:],
        b"\xff\xd8" + b"\x00" * 5_000_000 + jpeg[2:],
        head + scan * 51 + b"\xff\xd9",
    ):
        assert refusal(content).code == "picture.kind"
    assert 3 < scans < 50
    assert not pictures.too_many_parts(jpeg)
    assert not pictures.too_many_parts(bombs.png(8, 8, chunks=bombs.chunk(b"abCd", b"") * 1_000))


def test_half_a_picture_is_refused_also_where_papers_are_made():
    """WeasyPrint lets the whole process take half a picture for a whole one; it is told not to."""
    assert pdf.missing() == ""
    assert refusal(picture("JPEG")[:-2_000]).code == "picture.kind"


def test_texts_in_a_picture_do_not_unpack_to_more_than_it_may_hold():
    import zlib

    packed = bombs.chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 50_000_000, 9))
    assert refusal(bombs.png(8, 8, chunks=packed)).code == "picture.kind"
    profile = bombs.chunk(b"iCCP", b"a\0\0" + zlib.compress(b"x" * 50_000_000, 9))
    assert refusal(bombs.png(8, 8, chunks=profile)).code == "picture.kind"


def test_a_file_of_more_bytes_is_not_read():
    assert refusal(b"x" * 10_000_001).message == "De afbeelding is groter dan 10 MB."
