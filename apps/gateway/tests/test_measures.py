"""What the gateway measures of the instances behind it."""

from gateway_app.http_upstreams import HttpUpstreams
from kernel.metrics import Metrics
from tests.measured import measured

BREAKER = "catalog_breaker_state"


async def test_the_breaker_of_each_instance_is_told() -> None:
    addresses = {"pricing": ["http://a:1/", "http://b:1"], "store": ["http://c:1"]}
    upstreams = HttpUpstreams(addresses, deadline=1.0, cooldown=1.0)
    metrics = Metrics("gateway")
    metrics.watch("breakers", upstreams.measured)
    text = (await metrics.told()).decode()
    for instance in ("http://a:1", "http://b:1"):
        assert measured(text, BREAKER, breaker="service pricing", instance=instance, state="closed") == [1]
    assert measured(text, BREAKER, breaker="service store", state="open") == [0]
    assert len(measured(text, BREAKER)) == 9
