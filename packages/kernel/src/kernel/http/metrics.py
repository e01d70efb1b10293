"""What an app measures, for who scrapes it."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from kernel.auth import Role
from kernel.http.policy import allow
from kernel.metrics import Metrics


def metrics_routes(metrics: Metrics) -> APIRouter:
    """`/metrics`: the text that Prometheus reads. It tells how busy we are, so not everybody may ask."""
    routes = APIRouter(tags=["metrics"], dependencies=[allow(Role.READER)])

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def tell_metrics() -> Response:
        """Everything that is measured, in the text format of Prometheus."""
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
        return Response(await metrics.told(), headers=headers)

    return routes
