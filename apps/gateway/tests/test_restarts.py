"""With a second instance behind the gateway the restart of one is invisible (P19)."""

import asyncio
import signal
import subprocess
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx

from apps.gateway.tests.behind import in_front_of
from platform_app.tcp_ports import free_port, is_open
from tests.processes import eventually, running

ROUNDS, PER_SECOND = 3, 100


async def test_no_request_fails_while_instances_are_restarted(tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    answers: Counter[str] = Counter()
    over = asyncio.Event()

    async def ask(client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/offerings")  # not to be repeated: nothing may be lost on the way
        answers[str(answer.status_code) if answer.status_code == 200 else answer.text] += 1

    async def load(client: httpx.AsyncClient) -> None:
        async with asyncio.TaskGroup() as asked:
            while not over.is_set():
                asked.create_task(ask(client))
                await asyncio.sleep(1 / PER_SECOND)

    def started(stack: ExitStack, port: int) -> subprocess.Popen[bytes]:
        arguments = ["-m", "apps.gateway.tests.restarting", str(port)]
        return stack.enter_context(running(arguments, {}, tmp_path / f"{port}.log"))

    with ExitStack() as stack:
        processes = {port: started(stack, port) for port in ports}
        for port in ports:
            await asyncio.to_thread(eventually, partial(is_open, port), 20)
        upstreams = {"offering": [f"http://127.0.0.1:{port}" for port in ports]}
        async with in_front_of(upstreams) as client:
            loading = asyncio.create_task(load(client))
            for number in range(ROUNDS):
                port = ports[number % 2]
                process = processes[port]
                process.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(process.wait, 15) == 0
                processes[port] = started(stack, port)
                await asyncio.to_thread(eventually, partial(is_open, port), 20)
                await asyncio.sleep(0.5)
            over.set()
            await loading
    assert answers.keys() == {"200"}
    assert answers["200"] > 100
