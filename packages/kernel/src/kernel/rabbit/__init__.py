"""The RabbitMQ adapter: a Publisher, Subscriptions and DeadLetters that survive the broker's absence.

`topology` says which queues there are; a command of its own creates them, apart from the apps. `connection`
opens a connection and turns all trouble with it into one refusal; `sender` publishes until the broker has
confirmed. `publisher`, `subscriptions` and `dead_letters` are the ports; `lanes` keep deliveries in order,
and `copies` are what is published in place of those that failed.
"""

from kernel.rabbit.dead_letters import RabbitDeadLetters
from kernel.rabbit.publisher import RabbitPublisher
from kernel.rabbit.subscriptions import RabbitSubscriptions
from kernel.rabbit.topology import EXCHANGE, Queue, Retry, apply, verify

__all__ = [
    "EXCHANGE",
    "Queue",
    "RabbitDeadLetters",
    "RabbitPublisher",
    "RabbitSubscriptions",
    "Retry",
    "apply",
    "verify",
]
