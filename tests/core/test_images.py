import contextlib
import io
import struct
import threading
import zlib
from collections import Counter

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageFile

from detoxsite.core import images
from detoxsite.core.images import reencode
from tests.core import color_profiles


def picture_file(kind="JPEG", size=(60, 40), **options):
    file = io.BytesIO()
    Image.new("RGB", size, "#164453").save(file, kind, **options)
    return ContentFile(file.getvalue(), name=f"picture.{kind.lower()}")


def bomb():
    """81 megapixels in a file of some kilobytes."""
    file = io.BytesIO()
    Image.new("1", (9000, 9000)).save(file, "PNG")
    return ContentFile(file.getvalue(), name="picture.png")


def with_gps():
    exif = Image.Exif()
    exif[0x0112] = 6  # on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "SecretCamera"
    return picture_file(exif=exif.tobytes())


def test_nothing_but_the_picture_is_kept():
    upload = with_gps()
    assert b"SecretCamera" in upload.read()

    kept = reencode(upload)

    assert b"SecretCamera" not in kept.read()
    with Image.open(kept) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (40, 60)  # turned upright before the orientation tag was dropped


def test_data_hidden_behind_a_picture_is_removed():
    upload = ContentFile(picture_file().read() + b"<script>x()</script>", name="p.jpg")

    assert b"<script>" not in reencode(upload).read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<html></html>",
        picture_file("GIF").read(),
        picture_file("BMP").read(),
        picture_file("TIFF").read(),
        picture_file().read()[:200],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    ],
)
def test_an_unsupported_file_is_refused_with_a_message(content):
    with pytest.raises(ValidationError, match="not a JPEG, PNG, WebP, HEIC or AVIF"):
        reencode(ContentFile(content, name="x.png"))


def test_large_pictures_are_made_smaller():
    with Image.open(reencode(picture_file("WEBP", (3000, 1000)), longest=1200)) as picture:
        assert picture.size == (1200, 400)


def test_odd_camera_metadata_breaks_nothing():
    whole, accepted = with_gps().read(), 0
    for place in range(20, 120):
        for value in (0, 1, 2, 5, 12, 255):
            with contextlib.suppress(ValidationError):
                kept = reencode(ContentFile(whole[:place] + bytes([value]) + whole[place + 1 :], name="x.jpeg"))
                accepted += 1
                with Image.open(kept) as picture:
                    assert dict(picture.getexif()) == {}

    assert accepted > 300  # of 600


# --- colors ----------------------------------------------------------------------------------------------------------

RED, GREEN, TEAL = (200, 30, 40), (60, 200, 90), (22, 68, 83)
ADOBE_RGB, DISPLAY_P3 = color_profiles.rgb(*color_profiles.ADOBE_RGB), color_profiles.rgb(*color_profiles.DISPLAY_P3)


def saved(picture, kind, **options):
    file = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(file, quality=95, chroma=444, **options)
    else:
        picture.save(file, kind, **options)
    return ContentFile(file.getvalue(), name=f"picture.{kind.lower()}")


def png_with_16_bits(color_type, samples, *chunks, size=32):
    """A PNG of one color whose samples have 16 bits, which Pillow cannot write."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = b"\0" + struct.pack(f">{len(samples)}H", *samples) * size
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 16, color_type, 0, 0, 0))
    file += b"".join(chunk(*one) for one in chunks) + chunk(b"IDAT", zlib.compress(row * size)) + chunk(b"IEND", b"")
    return ContentFile(file, name="picture.png")


def color_of(upload, place=(5, 5)):
    with Image.open(reencode(upload)) as picture:
        assert "icc_profile" not in picture.info
        return picture.getpixel(place)


def assert_alike(color, expected, tolerance=4):
    assert len(color) == len(expected), color
    assert all(abs(one - other) <= tolerance for one, other in zip(color, expected, strict=True)), (color, expected)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("profile", [ADOBE_RGB, DISPLAY_P3], ids=["Adobe RGB", "Display P3"])
def test_colors_are_converted_to_srgb_by_the_profile_in_the_file(kind, profile):
    options = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}, "AVIF": {"quality": 100}}.get(kind, {})
    for color in (RED, GREEN):
        numbers = color_profiles.from_srgb(color, profile)
        assert max(abs(one - other) for one, other in zip(numbers, color, strict=True)) > 10  # else nothing is shown
        picture = Image.new("RGB", (32, 32), numbers)

        assert_alike(color_of(saved(picture, kind, icc_profile=profile, **options)), color, 8)


def test_ink_becomes_the_color_that_the_profile_gives_it():
    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))

    assert_alike(color_of(saved(cyan, "JPEG", quality=95, icc_profile=color_profiles.cmyk())), (0, 100, 150), 8)
    assert_alike(color_of(saved(cyan, "JPEG", quality=95)), (0, 255, 255))  # without a profile: pure cyan


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_gray_is_converted_by_its_profile(mode):
    linear = color_profiles.gray(1.0)
    half = {"L": 55, "LA": (55, 255), "I;16": 55 * 257}[mode]  # 55 of 255 in linear light is (128, 128, 128) in sRGB

    color = color_of(saved(Image.new(mode, (32, 32), half), "PNG", icc_profile=linear))

    assert_alike(color[:3], (128, 128, 128))


@pytest.mark.parametrize(
    "profile", [b"", b"no profile", ADOBE_RGB[:200], ADOBE_RGB[:16] + b"CMYK" + ADOBE_RGB[20:], color_profiles.cmyk()]
)
def test_a_profile_that_does_not_fit_is_ignored(profile):
    assert_alike(color_of(saved(Image.new("RGB", (32, 32), TEAL), "PNG", icc_profile=profile)), TEAL)


def test_sixteen_bits_are_scaled_to_eight():
    for sample, gray in ((0x0140, 1), (0x8080, 128)):  # clipped to eight bits, both would be white
        assert color_of(png_with_16_bits(0, [sample])) == (gray, gray, gray)
    assert_alike(color_of(png_with_16_bits(2, [0xC8C8, 0x1E1E, 0x2828])), RED, 1)
    assert_alike(color_of(png_with_16_bits(6, [0xC8C8, 0x1E1E, 0x2828, 0x8080])), (*RED, 128), 1)
    assert_alike(color_of(png_with_16_bits(4, [0x8080, 0x8080])), (128, 128, 128, 128), 1)


@pytest.mark.parametrize(
    ("color_type", "samples"), [(0, [0x8080]), (2, [0x8080, 0x8080, 0x8080])], ids=["gray", "color"]
)
def test_the_transparent_color_of_sixteen_bits_stays_transparent(color_type, samples):
    upload = png_with_16_bits(color_type, samples, (b"tRNS", struct.pack(f">{len(samples)}H", *samples)))

    assert color_of(upload)[3] == 0


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "AVIF"])
def test_transparency_is_kept(kind):
    picture = Image.new("RGBA", (32, 32), (*RED, 255))
    picture.paste((*RED, 0), (0, 0, 16, 32))

    with Image.open(reencode(saved(picture, kind))) as kept:
        assert [kept.getpixel((x, 5))[3] for x in (4, 28)] == [0, 255]
        assert_alike(kept.getpixel((28, 5))[:3], RED, 8)


@pytest.mark.parametrize("mode", ["1", "P"])
def test_pictures_of_few_colors_are_made_smaller_smoothly(mode):
    picture = Image.new("L", (200, 200), 255)
    for column in range(0, 200, 2):
        picture.paste(0, (column, 0, column + 1, 200))

    with Image.open(reencode(saved(picture.convert(mode), "PNG"), longest=50)) as small:
        assert_alike(small.getpixel((25, 25)), (128, 128, 128), 40)


def test_of_an_animation_the_first_picture_is_kept():
    first, second = Image.new("RGB", (32, 32), RED), Image.new("RGB", (32, 32), GREEN)
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True}), ("AVIF", {"quality": 95})):
        upload = saved(first, kind, save_all=True, append_images=[second], **options)

        assert_alike(color_of(upload)[:3], RED, 6)


def test_every_format_is_turned_upright_and_loses_its_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    picture = Image.new("RGB", (64, 32), RED)
    picture.paste(GREEN, (0, 0, 32, 32))  # the left half, which is on top once the picture is upright

    for kind in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF"):
        upload = saved(picture, kind, exif=exif.tobytes())
        if kind in {"JPEG", "PNG", "WEBP", "HEIF"}:
            assert b"SecretCamera" in upload.read()
        kept = reencode(upload)

        assert b"SecretCamera" not in kept.read()
        with Image.open(kept) as upright:
            assert (upright.size, dict(upright.getexif())) == ((32, 64), {}), kind
            assert_alike(upright.convert("RGB").getpixel((16, 8)), GREEN, 12)


# --- size ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "size", "stored"),
    [("JPEG", (8160, 6120), "JPEG"), ("PNG", (8160, 6120), "PNG"), ("HEIF", (4032, 3024), "JPEG")],
)
def test_the_photos_of_todays_phones_are_made_smaller(kind, size, stored):
    upload = saved(Image.new("RGB", size, TEAL), kind)

    with Image.open(reencode(upload)) as picture:
        assert (picture.format, picture.size) == (stored, (2400, 1800))
        assert_alike(picture.getpixel((1000, 1000)), TEAL)


def test_a_photo_of_108_megapixels_is_decoded_at_a_smaller_size():
    with Image.open(reencode(saved(Image.new("L", (12000, 9000)), "JPEG"))) as picture:
        assert picture.size == (2400, 1800)


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("PNG", (9000, 8000), {}),
        ("PNG", (20000, 10000), {}),
        ("PNG", (10, 7_200_000), {}),
        ("JPEG", (12000, 9000), {"progressive": True}),
        ("JPEG", (20000, 10000), {}),
    ],
)
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(kind, size, options, monkeypatch):
    upload = saved(Image.new("1" if kind == "PNG" else "L", size), kind, **options)
    monkeypatch.setattr(ImageFile.ImageFile, "load", None)

    with pytest.raises(ValidationError, match="more than 70 megapixels"):
        reencode(upload)


def test_while_many_pictures_are_decoded_the_next_is_refused(monkeypatch):
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    field = images.PictureField()

    with images._places, pytest.raises(ValidationError, match="many pictures"):
        field.clean(picture_file())
    assert field.clean(picture_file()).name == "picture.jpeg"


# --- hostile files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "AVIF"])
def test_a_damaged_file_is_read_or_refused_and_raises_nothing_else(kind):
    whole, outcomes = saved(Image.new("RGB", (64, 48), RED), kind, icc_profile=ADOBE_RGB).read(), Counter()
    for place in range(0, len(whole), max(1, len(whole) // 120)):
        for damaged in (whole[:place], whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :]):
            try:
                reencode(ContentFile(damaged, name="x"))
                outcomes["read"] += 1
            except ValidationError:
                outcomes["refused"] += 1

    assert outcomes["refused"] > 20
