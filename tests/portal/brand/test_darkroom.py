"""The process that decodes pictures: what it gives, and that it has limits."""

import sys

import pytest

from portal.brand.darkroom import TOO_HARD, Darkroom
from portal.brand.limits import Kind
from portal.brand.recoding import EMPTY, NotAPicture, recoded
from tests.portal.brand.pictures import picture


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


async def test_picture_comes_back_as_the_same_renditions() -> None:
    assert await Darkroom().developed(picture(), Kind.FAVICON) == recoded(picture(), Kind.FAVICON)


async def test_refusal_comes_back_as_its_sentence() -> None:
    assert await Darkroom().developed(b"", Kind.LOGO_LIGHT) == EMPTY


async def test_process_has_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRASSPLATE_MAIL__SMTP", "smtp://user:secret@mail.example")
    tell = "import os, json; print(json.dumps({'refused': ' '.join(sorted(os.environ))}))"
    found = await Darkroom(program=program(tell)).developed(picture(), Kind.FAVICON)
    assert isinstance(found, NotAPicture) and "BRASSPLATE" not in found.reason and "PATH" in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "raise MemoryError",
        "import os; os.kill(os.getpid(), 9)",
        "print('no answer')",
        'print(\'{"renditions": [["32", 32, 32, 9]]}\\n<script/>\')',
    ],
)
async def test_process_that_does_not_answer_is_ended_and_said_so(text: str) -> None:
    assert await Darkroom(seconds=1.0, program=program(text)).developed(picture(), Kind.FAVICON) == TOO_HARD


async def test_memory_beyond_the_limit_is_not_given() -> None:
    greedy = (
        "import runpy, sys, portal.brand.recoder as r, portal.brand.recoding as c\n"
        "r.recoded = lambda file, kind: c.NotAPicture(str(len(bytearray(2 * 2**30))))\n"
        "sys.argv = ['recoder', 'favicon']\n"
        "r.main()"
    )
    assert await Darkroom(program=program(greedy)).developed(picture(), Kind.FAVICON) == TOO_HARD


async def test_file_cannot_be_written_by_it() -> None:
    writing = (
        "import sys, portal.brand.recoder as r, portal.brand.recoding as c\n"
        "def write(file, kind):\n"
        "    with open('/tmp/brassplate-recoder-test', 'wb') as f: f.write(b'x' * 9)\n"
        "    return c.NotAPicture('written')\n"
        "r.recoded = write\n"
        "sys.argv = ['recoder', 'favicon']\n"
        "r.main()"
    )
    assert await Darkroom(program=program(writing)).developed(picture(), Kind.FAVICON) == TOO_HARD
