"""Contrast repaired for any colour."""

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.theme import (
    CONTROL_CONTRAST,
    DARK_SURFACES,
    LIGHT_SURFACES,
    TEXT_CONTRAST,
    Colour,
    NotAColour,
    Tokens,
    contrast,
    fingerprint,
    parse_colour,
    style_sheet,
    theme_of,
)


def check(tokens: Tokens, surfaces: tuple[str, ...]) -> None:
    for surface in surfaces:
        assert contrast(tokens.accent, surface) >= CONTROL_CONTRAST
        assert contrast(tokens.ink, surface) >= TEXT_CONTRAST
    assert contrast(tokens.contrast, tokens.accent) >= TEXT_CONTRAST


@pytest.mark.parametrize("colour", ["#FFFFFF", "#000000", "#FFFF00", "#1F5FA8", "#FF6600", "#808080"])
def test_contrast_is_kept_when_the_colour_is_extreme(colour: str) -> None:
    theme = theme_of(Colour(colour))
    check(theme.light, LIGHT_SURFACES)
    check(theme.dark, DARK_SURFACES)


@given(st.integers(0, 0xFFFFFF))
def test_contrast_is_kept_for_any_colour(number: int) -> None:
    theme = theme_of(Colour(f"#{number:06X}"))
    check(theme.light, LIGHT_SURFACES)
    check(theme.dark, DARK_SURFACES)


def test_shade_is_reported_as_moved_only_where_it_was() -> None:
    yellow = theme_of(Colour("#FFFF00"))
    assert yellow.light.moved and not yellow.dark.moved
    assert yellow.dark.accent == "#FFFF00"
    assert not theme_of(Colour("#1F5FA8")).light.moved


def test_colour_is_parsed_when_short_or_without_hash() -> None:
    assert parse_colour(" abc ") == "#AABBCC"
    assert parse_colour("#1f5fa8") == "#1F5FA8"


@pytest.mark.parametrize("text", ["", "red", "#12", "#1234567", "#12345g", "url(x)", "#FFF}\nbody{"])
def test_colour_is_refused_when_it_is_none(text: str) -> None:
    assert isinstance(parse_colour(text), NotAColour)


def test_style_sheet_changes_its_name_with_its_colour() -> None:
    assert "--accent:#1F5FA8" in style_sheet(Colour("#1F5FA8"))
    assert fingerprint(Colour("#1F5FA8")) != fingerprint(Colour("#1F5FA9"))


def test_surfaces_are_those_of_the_style_sheet() -> None:
    sheet = (files("portal") / "static" / "app.css").read_text()
    assert all(f": {surface};" in sheet for surface in LIGHT_SURFACES + DARK_SURFACES)


def test_status_and_text_colours_keep_their_contrast() -> None:
    """The four status colours on their own tints, muted text on every surface."""
    sheet = (files("portal") / "static" / "app.css").read_text()
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6})", part)) for part in sheet.split("@media")[:2]
    )
    for tokens in (light, light | dark):
        for tone in ("good", "warn", "bad", "void"):
            assert contrast(tokens[tone], tokens[f"{tone}-soft"]) >= TEXT_CONTRAST
        for surface in ("page", "surface"):
            assert contrast(tokens["ink"], tokens[surface]) >= TEXT_CONTRAST
            assert contrast(tokens["muted"], tokens[surface]) >= TEXT_CONTRAST
            assert contrast(tokens["edge"], tokens[surface]) >= CONTROL_CONTRAST
