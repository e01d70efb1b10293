"""Which queues the platform's broker has, and what is bound to them: one for each consumer.

A queue stands here before its consumer is built, so that it has everything from the beginning.
"""

from kernel.rabbit import Queue

QUEUES = (Queue("store", ("characteristic.*.v1",)),)
