from edge.tls.issuance_trace import Trace
from tests.fakes.stepped_time import SteppedTime


async def test_each_phase_has_its_milliseconds() -> None:
    time = SteppedTime()
    trace = Trace(time.monotonic)
    await time.sleep(0.25)
    trace.mark("dns")
    await time.sleep(1.5)
    trace.mark("order")
    assert trace.milliseconds == {"dns": 250.0, "order": 1500.0}


async def test_a_phase_that_comes_twice_is_summed() -> None:
    time = SteppedTime()
    trace = Trace(time.monotonic)
    for _ in range(2):
        await time.sleep(0.1)
        trace.mark("order")
    assert trace.milliseconds == {"order": 200.0}
