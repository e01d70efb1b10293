"""What the service says of itself."""

from apps.offering.tests.conftest import Service


async def test_the_contract_names_every_route(service: Service) -> None:
    answer = await service.http.get("/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    found = {path: sorted(methods) for path, methods in document["paths"].items()}
    assert {path: methods for path, methods in found.items() if path.startswith(("/off", "/pub"))} == {
        "/offerings": ["get", "post"],
        "/offerings/{id}": ["delete", "get", "put"],
        "/offerings/{id}/draft": ["delete"],
        "/offerings/{id}/history": ["get"],
        "/offerings/{id}/preflight": ["post"],
        "/offerings/{id}/publications": ["get"],
        "/offerings/{id}/publish": ["post"],
        "/offerings/{id}/retire": ["post"],
        "/publications": ["get", "post"],
        "/publications/{id}": ["get"],
        "/publications/{id}/cancel": ["post"],
        "/publications/{id}/events": ["get"],
        "/publications/{id}/retry": ["post"],
    }
    watched = document["paths"]["/publications/{id}/events"]["get"]["responses"]["200"]
    assert watched["content"].keys() == {"text/event-stream"}
    accepted = document["paths"]["/offerings/{id}/publish"]["post"]["responses"]["202"]
    assert "Location" in accepted["headers"]
    schemas = document["components"]["schemas"]
    for period in ("Validity-Input", "Validity-Output"):  # what is sent may not have other names
        assert schemas[period]["properties"].keys() == {"from", "to"}
    assert schemas["Draft"]["properties"].keys() == {*schemas["Content"]["properties"], "key"}
