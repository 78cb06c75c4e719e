"""Random heads: what passes is read in the same way by another parser, and the same whoever looks at it."""

import asyncio
from typing import Any
from unittest.mock import Mock

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import HttpRequestParserPy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.http1 import request_block, request_line
from edge.http1.chunked import ChunkedBody, Malformed, chunk, last_chunk
from edge.http1.gate import Gate
from edge.http1.refusal import Refusal
from edge.proxy.intake import Intake
from edge.proxy.request import Request
from tests.edge.http1.heads import AMBIGUOUS, CLEAR
from tests.edge.proxy.upstreams import SHOP, terms

TRICKS = (
    b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b",", b"_", b"-", b"\x0b", b"\x0c", b"\x7f", b"\xa0", b"\x85",
    b"#",    b"Host: shop.customer.example\r\n", b"Host: a\r\n", b"Content-Length: 0\r\n", b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n", b"chunked", b"HTTP/1.1", b"HTTP/1.0", b"Connection: close\r\n", b"0", b"5", b"+",
)  # fmt: skip
SEEDS = tuple(CLEAR.values()) + tuple(AMBIGUOUS.values())


@st.composite
def heads(draw: st.DrawFn) -> bytes:
    """A head that is known, with some of it taken out or put in."""
    head = draw(st.sampled_from(SEEDS)).partition(b"\r\n\r\n")[0]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(head)))
        until = min(len(head), at + draw(st.integers(0, 3)))
        trick = draw(st.sampled_from(TRICKS) | st.binary(max_size=2))
        head = head[:at] + trick + head[until:]
    return head + b"\r\n\r\n"


def by_gate(head: bytes) -> bytes:
    return Gate().feed(head)


def by_intake(head: bytes) -> Request | Refusal | None:
    intake = Intake(terms("http://127.0.0.1:1"), SHOP, "127.0.0.1")
    intake.kept = head
    return intake.next(None)


async def by_aiohttp(head: bytes) -> Any:
    """aiohttp's parser in Python, which is another hand's than llhttp."""
    parser = HttpRequestParserPy(
        Mock(), asyncio.get_running_loop(), 2**16, max_line_size=2**16, max_field_size=2**16
    )
    try:
        messages, _, _ = parser.feed_data(head)
    except HttpProcessingError as error:
        return error
    return messages[0][0] if messages else None


@settings(max_examples=1_500, deadline=None)
@given(heads())
@example(b"GET / HTTP/1.1\r\nHost: shop.customer.example\r\nA: \x85b\r\n\r\n")
def test_what_passes_means_the_same_to_another_parser(head: bytes) -> None:
    passed = by_gate(head)
    if not passed.endswith(b"\r\n\r\n"):
        return
    one, _, rest = passed.partition(b"\r\n\r\n")
    if rest:
        return  # trick that ended a head early, and made another of the rest
    line, _, block = (one + b"\r\n\r\n").partition(b"\r\n")
    judged = request_block.judge(b"\r\n" + block)
    parts = request_line.split(line)
    assert parts is not None and not isinstance(judged, Refusal)
    theirs = asyncio.run(by_aiohttp(passed))
    assert not isinstance(theirs, HttpProcessingError), theirs
    assert (theirs.method.encode(), theirs.path.encode()) == parts.groups()[:2]
    assert [(name, value.strip(b" \t")) for name, value in theirs.raw_headers] == [
        (name, value) for _, name, value in judged.fields
    ]
    assert theirs.chunked == judged.chunked
    assert int(theirs.headers.get("Content-Length", "0")) == judged.length
    assert theirs.headers.getall("Host") == [judged.host.decode()]


@settings(max_examples=1_000, deadline=None)
@given(heads())
def test_gate_and_proxy_judge_alike(head: bytes) -> None:
    gate, found = Gate(), by_intake(head)
    passed = gate.feed(head)
    if isinstance(found, Request):
        assert passed
    elif isinstance(found, Refusal) and found.status not in (421,):
        assert gate.refusal is not None


@settings(max_examples=500, deadline=None)
@given(heads(), st.lists(st.integers(0, 200), max_size=20))
def test_splits_do_not_change_what_passes(head: bytes, cuts: list[int]) -> None:
    whole, gate = Gate(), Gate()
    expected = whole.feed(head)
    at, passed = 0, b""
    for cut in (*sorted({cut for cut in cuts if cut < len(head)}), len(head)):
        passed += gate.feed(head[at:cut])
        at = cut
    assert passed == expected
    assert (gate.refusal is None) == (whole.refusal is None)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=8),
    st.binary(max_size=20),
    st.lists(st.integers(0, 400)),
)
def test_chunks_come_out_as_they_went_in(payloads: list[bytes], after: bytes, cuts: list[int]) -> None:
    data = b"".join(chunk(payload) for payload in payloads) + last_chunk(((b"x", b"X", b"1"),)) + after
    body, found, rest, at = ChunkedBody(), b"", b"", 0
    for cut in (*sorted({cut for cut in cuts if cut < len(data)}), len(data)):
        piece, at = data[at:cut], cut
        if body.done:
            rest += piece
        else:
            payload, rest = body.feed(piece)
            found += payload
    assert (found, rest, body.trailers) == (b"".join(payloads), after, ((b"x", b"X", b"1"),))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from((b"5\r\n", b"\r\n", b"hello", b"0\r\n", b"\n", b"a: b\r\n", b";x", b" ", b"f" * 16)),
        max_size=9,
    )
)
def test_no_bytes_crash_a_body(parts: list[bytes]) -> None:
    body = ChunkedBody()
    try:
        for part in parts:
            if body.done:
                break
            body.feed(part)
    except Malformed:
        pass
