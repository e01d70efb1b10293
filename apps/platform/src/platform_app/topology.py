"""Which queues the platform's broker has, and what is bound to them: one for each consumer.

A queue stands here before its consumer is built, so that it has everything from the beginning. The broker of
the compose files loads the same: `python -m platform_app.topology > compose/rabbitmq/topology.json`.
"""

import json
import sys
from collections.abc import Collection

from kernel.rabbit import EXCHANGE, Queue
from platform_app.servers.rabbitmq import VHOST

_OFFERINGS = ("offering.*.v1",)
QUEUES = (
    Queue("characteristic", ("specification.*.v1",)),
    Queue("specification", (*_OFFERINGS, "publication.*.v1")),
    Queue("pricing", (*_OFFERINGS, "publication.rejected.v1")),
    Queue("offering", ("publication.requested.v1",)),
    Queue(
        "store",
        ("characteristic.*.v1", "specification.*.v1", "price.*.v1", *_OFFERINGS, "publication.*.v1"),
    ),
)


def definitions(queues: Collection[Queue]) -> str:
    """What `kernel.rabbit.apply` would create, in RabbitMQ's format of definitions."""
    lasting = {"vhost": VHOST, "durable": True, "auto_delete": False}
    exchanges = {EXCHANGE: "topic", **{queue.copies: "direct" for queue in queues}}
    bindings = [
        *((EXCHANGE, queue.name, type) for queue in queues for type in queue.types),
        *((queue.copies, name, name) for queue in queues for name in queue.copied_to),
    ]
    document = {
        "exchanges": [
            {"name": name, **lasting, "type": type, "internal": False, "arguments": {}}
            for name, type in exchanges.items()
        ],
        "queues": [
            {"name": name, **lasting, "arguments": arguments}
            for queue in queues
            for name, arguments in queue.arguments.items()
        ],
        "bindings": [
            {
                "source": source,
                "vhost": VHOST,
                "destination": destination,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for source, destination, key in bindings
        ],
    }
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(definitions(QUEUES))
