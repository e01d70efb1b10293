"""Which queues the platform's broker has, and what is bound to them: one for each consumer.

A queue stands here before its consumer is built, so that it has everything from the beginning. The broker of
the compose files loads the same: `python -m platform_app.topology > compose/rabbitmq/topology.json`.
"""

import json
import sys
from collections.abc import Collection

from kernel.rabbit import EXCHANGE, Queue
from platform_app.servers.rabbitmq import VHOST

QUEUES = (Queue("store", ("characteristic.*.v1",)),)


def definitions(queues: Collection[Queue]) -> str:
    """What `kernel.rabbit.apply` would create, in RabbitMQ's format of definitions."""
    lasting = {"vhost": VHOST, "durable": True, "auto_delete": False}
    document = {
        "exchanges": [{"name": EXCHANGE, **lasting, "type": "topic", "internal": False, "arguments": {}}],
        "queues": [
            {"name": name, **lasting, "arguments": arguments}
            for queue in queues
            for name, arguments in queue.arguments.items()
        ],
        "bindings": [
            {
                "source": EXCHANGE,
                "vhost": VHOST,
                "destination": queue.name,
                "destination_type": "queue",
                "routing_key": type,
                "arguments": {},
            }
            for queue in queues
            for type in queue.types
        ],
    }
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(definitions(QUEUES))
