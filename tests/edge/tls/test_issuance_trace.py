from edge.tls.issuance_trace import Trace
from store.phases import Phase
from tests.fakes.stepped_time import SteppedTime


async def test_each_phase_says_when_it_began_and_how_long_it_took() -> None:
    time = SteppedTime()
    trace = Trace(monotonic=time.monotonic)
    await time.sleep(0.25)
    trace.mark("dns")
    await time.sleep(1.5)
    trace.mark("order")
    assert trace.phases == (Phase("dns", 0.0, 250.0), Phase("order", 250.0, 1500.0))


async def test_what_is_seen_within_a_phase_does_not_divide_it() -> None:
    time = SteppedTime()
    trace = Trace(monotonic=time.monotonic)
    await time.sleep(0.1)
    trace.note("http-01 asked by 192.0.2.7")
    await time.sleep(0.1)
    trace.mark("validation")
    assert trace.phases == (Phase("http-01 asked by 192.0.2.7", 100.0, 0.0), Phase("validation", 0.0, 200.0))


async def test_it_counts_from_the_connection_that_set_it_off() -> None:
    time = SteppedTime()
    came_at = time.monotonic()
    await time.sleep(0.03)
    trace = Trace(came_at, time.monotonic)
    trace.mark("hello")
    assert trace.phases == (Phase("hello", 0.0, 30.0),)
