"""What becomes of an uploaded picture, and which files are refused, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from portal.brand import recoding
from portal.brand.limits import LARGEST_SIDE, LOGO_BOX, Kind
from portal.brand.recoding import NotAPicture, recoded
from store.images import Rendition
from tests.portal.brand.pictures import announced, opened, picture, saved, text_bomb

SECRET = b"taken at 51.4545 N, 2.5879 W"


def logo(file: bytes) -> Rendition:
    made = recoded(file, Kind.LOGO_LIGHT)
    assert isinstance(made, tuple), made
    return made[0]


def refusal(file: bytes) -> str:
    found = recoded(file, Kind.LOGO_LIGHT)
    assert isinstance(found, NotAPicture)
    return found.reason


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_picture_of_each_format_becomes_a_png(form: str) -> None:
    made = logo(picture(form=form))
    assert (made.width, made.height, made.content[:4]) == (400, 100, b"\x89PNG")
    red, green, blue, alpha = opened(made.content).getpixel((200, 50))  # type: ignore[misc]
    assert abs(red - 200) < 6 and abs(green - 30) < 6 and abs(blue - 40) < 6 and alpha == 255


@pytest.mark.parametrize(
    ("size", "shown"), [((3000, 300), (560, 56)), ((300, 3000), (13, 128)), ((64, 64), (64, 64))]
)
def test_logo_is_at_most_twice_the_box_it_is_shown_in(size: tuple[int, int], shown: tuple[int, int]) -> None:
    made = logo(picture(size))
    assert (made.width, made.height) == shown
    assert made.width <= 2 * LOGO_BOX[0] and made.height <= 2 * LOGO_BOX[1]


def test_icon_is_square_in_two_sizes_with_the_picture_whole() -> None:
    made = recoded(picture((400, 200)), Kind.FAVICON)
    assert isinstance(made, tuple)
    assert [(each.name, each.width, each.height) for each in made] == [("180", 180, 180), ("32", 32, 32)]
    icon = opened(made[0].content)
    assert icon.getpixel((90, 10)) == (0, 0, 0, 0)
    assert icon.getpixel((90, 90)) == (200, 30, 40, 255)


def test_transparent_border_is_cut_off() -> None:
    image = Image.new("RGBA", (500, 500))
    image.paste((1, 2, 3, 255), (100, 200, 400, 300))
    made = logo(saved(image))
    assert (made.width, made.height) == (300, 100)


def test_nothing_but_pixels_stays_of_a_file() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = picture(form="JPEG", exif=exif, icc_profile=profile, comment=SECRET) + b"<script>" + SECRET
    assert SECRET in file
    made = logo(file).content
    assert SECRET not in made and b"script" not in made
    assert not {"exif", "icc_profile", "comment"} & opened(made).info.keys()


def test_file_that_is_two_things_at_once_is_but_its_pixels() -> None:
    made = logo(picture(form="GIF") + b"<html><script>alert(1)</script>" + b"PK\x05\x06" + bytes(18))
    assert b"<script" not in made.content and b"PK\x05\x06" not in made.content


def test_colours_are_those_that_the_profile_means() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(logo(picture(icc_profile=lab)).content).getpixel((0, 0)) == (200, 30, 40, 255)
    assert opened(logo(picture(icc_profile=b"none")).content).getpixel((0, 0)) == (200, 30, 40, 255)


def test_transparency_is_kept_beside_a_profile() -> None:
    image = Image.new("RGBA", (100, 50), (10, 20, 30, 128))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(logo(saved(image, icc_profile=profile)).content).getpixel((9, 9)) == (10, 20, 30, 128)


def test_print_colours_and_sixteen_bits_are_brought_to_eight_of_the_screen() -> None:
    cmyk = opened(logo(picture(mode="CMYK", colour=(0, 255, 255, 0), form="JPEG")).content)
    assert cmyk.getpixel((5, 5))[0] > 200 and cmyk.getpixel((5, 5))[1] < 60  # type: ignore[index]
    grey = opened(logo(picture(mode="I;16", colour=40_000)).content)
    assert grey.getpixel((5, 5)) == (156, 156, 156, 255)
    assert logo(picture(mode="1", colour=1)).content
    assert logo(picture(mode="P", colour=3)).content


def test_picture_that_moves_stands_still_at_its_first_frame() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "green", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=10)
    assert opened(logo(moving).content).getpixel((9, 9)) == (255, 0, 0, 255)
    assert getattr(opened(logo(moving).content), "n_frames", 1) == 1


def test_photo_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = logo(picture((400, 100), form="JPEG", exif=exif))
    assert (made.width, made.height) == (32, 128)


@pytest.mark.parametrize(
    "svg",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?>\n<!DOCTYPE svg>\n<SVG></SVG>",
        b"\xef\xbb\xbf<!-- \xe2\x98\xba --><svg>",
    ],
)
def test_svg_is_refused_with_what_to_do(svg: bytes) -> None:
    assert refusal(svg) == recoding.SVG.reason


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", recoding.EMPTY),
        (b"hello", recoding.UNKNOWN),
        (b"%PDF-1.7 logo.png", recoding.UNKNOWN),
        (picture(form="BMP"), recoding.UNKNOWN),
        (picture(form="TIFF"), recoding.UNKNOWN),
        (picture(form="ICO", size=(64, 64)), recoding.UNKNOWN),
        (picture((900, 900))[:-200], recoding.DAMAGED),
        (picture((900, 900), form="JPEG")[:600], recoding.DAMAGED),
        (picture()[:12], recoding.UNKNOWN),
        (announced(500, 500), recoding.DAMAGED),
        (picture(mode="RGBA", colour=(1, 2, 3, 0)), recoding.BLANK),
        (text_bomb(80), recoding.DAMAGED),
        (announced(2**31 - 1, 2), recoding.BOMB),
    ],
    ids=[
        *("empty", "text", "pdf", "bmp", "tiff", "ico", "png cut", "jpeg cut", "head cut"),
        *("no pixels", "transparent", "text bomb", "bomb"),
    ],
)
def test_file_that_is_no_picture_is_refused_with_its_reason(file: bytes, why: NotAPicture) -> None:
    assert refusal(file) == why.reason


@pytest.mark.parametrize("size", [(LARGEST_SIDE + 1, 20), (20, LARGEST_SIDE + 1), (6000, 6000)])
def test_picture_that_would_fill_the_memory_is_refused_unopened(size: tuple[int, int]) -> None:
    assert refusal(announced(*size)).startswith(f"The picture is {size[0]} by {size[1]} pixels. At most 8000")


def test_picture_that_is_too_small_is_refused_with_its_size() -> None:
    assert refusal(picture((15, 400))) == "The picture is 15 by 400 pixels. At least 16 a side are needed."


@given(st.binary(max_size=200), st.sampled_from(["", "PNG", "JPEG", "WEBP", "GIF"]), st.data())
def test_any_bytes_are_a_picture_or_refused(noise: bytes, form: str, data: st.DataObject) -> None:
    whole = picture((40, 20), form=form) if form else b""
    place = data.draw(st.integers(0, len(whole)))
    found = recoded(whole[:place] + noise + whole[place + len(noise) :], Kind.FAVICON)
    assert isinstance(found, NotAPicture) or all(each.content[:4] == b"\x89PNG" for each in found)
