"""Collectors of spans that are no more than that: one counts what it is sent, one never answers."""

import asyncio
import json
from collections import Counter

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def counting() -> Starlette:
    """Takes Zipkin's JSON and OTLP at `/NAME`, and tells there how many spans came to that name."""
    seen = Counter[str]()

    async def take(request: Request) -> Response:
        body = await request.body()
        if "json" in request.headers["content-type"]:
            seen[request.path_params["name"]] += len(json.loads(body))
        else:
            told = ExportTraceServiceRequest.FromString(body)
            seen[request.path_params["name"]] += sum(
                len(scope.spans) for resource in told.resource_spans for scope in resource.scope_spans
            )
        return Response()

    async def tell(request: Request) -> Response:
        return JSONResponse({"spans": seen[request.path_params["name"]]})

    return Starlette(
        routes=[Route("/{name}", take, methods=["POST"]), Route("/{name}", tell, methods=["GET"])]
    )


def silent(port: int) -> None:
    """Accepts every connection, reads what comes, and never says a word."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def forever() -> None:
        server = await asyncio.start_server(listen, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(forever())
