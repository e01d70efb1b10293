"""What a scraper is told of the running platform: every service, in one text where they share a process."""

from uuid import uuid4

import pytest

from tests.measured import labelled, measured
from tests.worlds import World

SERVICES = {"identity", "gateway", "characteristic", "specification", "pricing", "offering", "store"}
STRANGE = uuid4()
WRITERS = {"characteristic", "specification", "pricing", "offering"}


@pytest.fixture(scope="module")
def scraped(world: World) -> str:
    """What the gateway's address tells somebody who has looked at something before."""
    token = world.sign_in("reader")["accessToken"]
    headers = {"authorization": f"Bearer {token}"}
    for path in ("/api/prices", "/api/offerings", "/api/characteristics", "/api/store/status"):
        assert world.get(path, headers=headers).status_code == 200
    for path in (f"/api/prices/{STRANGE}", f"/{STRANGE}", f"/api/{STRANGE}/x"):
        assert world.get(path, headers=headers).status_code == 404
    answer = world.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_all_services_are_in_one_text(world: World, scraped: str) -> None:
    if world.stack != "embedded":
        pytest.skip("each service has an address of its own")
    assert labelled(scraped, "http_server_active_requests", "service_name").keys() == SERVICES
    modes = [
        measured(scraped, "catalog_relay_mode", service_name=one, mode="away") for one in sorted(WRITERS)
    ]
    assert modes == [[0]] * 4
    assert labelled(scraped, "catalog_outbox_pending", "service_name").keys() == WRITERS
    asked = "http_server_request_duration_seconds_count"
    assert measured(scraped, asked, service_name="pricing", http_route="/prices")[0] >= 1
    assert measured(scraped, "catalog_store_entries", service_name="store")[0] >= 0
    assert measured(scraped, "catalog_breaker_state", service_name="specification", state="closed") == [1]
    heads = [line.split()[2] for line in scraped.splitlines() if line.startswith("# TYPE ")]
    assert len(heads) == len(set(heads))


def test_what_callers_make_up_is_not_in_it(scraped: str) -> None:
    assert str(STRANGE) not in scraped
    asked = "http_server_request_duration_seconds_count"
    assert measured(scraped, asked, http_route="unmatched", http_response_status_code="404")
