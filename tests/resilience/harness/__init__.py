"""Real processes that are killed, and a ledger that knows what must have become of every command.

A test says `with harness(servers, tmp_path, ...) as stack`, lets `stack.writers(...)` write, does harm, and
asks `stack.check()`, which waits for quiet and raises unless every count is zero.

| module | subject |
|---|---|
| `servers` | PostgreSQL and RabbitMQ, started once and emptied for each test |
| `stack` | our processes by name, and the harm that can be done to them |
| `quiet` | what is still under way |
| `watching` | who lives, whether events flow, what a service says of its outbox |
| `broker` | harm to a living broker: a binding that is gone, its alarms |
| `author` | single requests by hand, for the ledger as well |
| `writers` | the load: authors who define, revise, deprecate and delete through HTTP |
| `ledger` | what the authors have attempted, and what they were told |
| `evidence` | what the databases have |
| `checker` | the judgement of one by the other |
| `child` | one of our processes: start, kill, freeze |
| `links`, `proxy` | a link between a process and a server that can be cut, silent or slow |
| `issuer` | tokens for the authors |
| `service`, `faults` | the characteristic service as a process, and the harm it can do to itself |
| `consumer`, `copying` | a consumer in the place of the store, as a process, and what it does |
| `raw` | what lies in a queue, headers and all, and what strangers put there |
| `replaying` | a replay of dead letters as a process |
| `careless` | publishing built wrong, for the saboteurs |
| `saboteurs` | the ways in which service and consumer can be built wrong |
| `door` | our processes behind the gateway, without a broker, and links between any two of them |
| `observed` | a process that tells how many tasks it has |
| `upstream` | a server that counts what it is asked, and answers as a test says, or never |
| `tracing` | a collector of spans, and what an event log and the spans say of each other |
| `crowd`, `rates` | many clients at once, what each was told, and a load with a rate |
| `sizes` | smoke or soak, and the seed |
"""
