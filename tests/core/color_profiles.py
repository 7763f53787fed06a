"""Color profiles (ICC, version 2) as cameras and printers embed them, built from their numbers."""

import struct
from io import BytesIO
from itertools import product

from PIL import Image, ImageCms

ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), 2.19921875
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)), 2.2
WHITE = (0.9642, 1.0, 0.8249)  # D50


def _fixed(*numbers):
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _profile(space, connection, tags):
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    header = struct.pack(">I4xI4s4s4s12x4s", start + len(body), 0x02400000, b"mntr", space, connection, b"acsp")
    header = header.ljust(68, b"\0") + _fixed(*WHITE)
    return header.ljust(128, b"\0") + table + body


def _common():
    text = b"test\0"
    description = b"desc" + struct.pack(">4xI", len(text)) + text + b"\0" * 78
    return [
        (b"desc", description),
        (b"cprt", b"text\0\0\0\0" + text),
        (b"wtpt", b"XYZ \0\0\0\0" + _fixed(*WHITE)),
    ]


def _curve(gamma):
    return b"curv" + struct.pack(">4xIH2x", 1, round(gamma * 256))


def rgb(primaries, gamma):
    tags = _common()
    tags += [
        (name, b"XYZ \0\0\0\0" + _fixed(*one)) for name, one in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    ]
    tags += [(name, _curve(gamma)) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(b"RGB ", b"XYZ ", tags)


def gray(gamma):
    return _profile(b"GRAY", b"XYZ ", [*_common(), (b"kTRC", _curve(gamma))])


def cmyk():
    """Inks that print as plain as can be, except that cyan is the dull (0, 100, 150) of a real press."""
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    points = b""
    for inks in product((0, 1), repeat=4):  # the last ink changes fastest
        c, m, y, k = inks
        color = (
            (1 - c) * (1 - k) * 255,
            (1 - m) * (1 - k) * (100 if c else 255),
            (1 - y) * (1 - k) * (150 if c else 255),
        )
        points += _lab16(color, to_lab)
    identity = struct.pack(">HH", 0, 65535)
    lut = b"mft2\0\0\0\0" + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + struct.pack(">HH", 2, 2)
    lut += identity * 4 + points + identity * 3
    profile = _profile(b"CMYK", b"Lab ", [*_common(), (b"A2B0", lut), (b"A2B1", lut)])
    return profile[:12] + b"prtr" + profile[16:]


def _lab16(color, to_lab):
    pixel = ImageCms.applyTransform(Image.new("RGB", (1, 1), tuple(round(one) for one in color)), to_lab)
    return struct.pack(">HHH", *[256 * one for one in pixel.getpixel((0, 0))])


def from_srgb(color, profile):
    """The numbers that a color of sRGB has in a picture with this profile of RGB or gray, as a camera would write."""
    source, target = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(BytesIO(profile))
    mode = "L" if target.profile.xcolor_space.strip() == "GRAY" else "RGB"
    made = ImageCms.profileToProfile(
        Image.new("RGB", (1, 1), color),
        source,
        target,
        outputMode=mode,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    return made.getpixel((0, 0))
