"""The head of an answer and the first of its body are sent together, and nothing is kept back for long."""

import asyncio
from typing import Any, cast

from kernel.http.protocol import _Answer


class Wire:
    """A transport that remembers what was sent in one go."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self.sent.append(b"".join(parts))

    def is_closing(self) -> bool:
        return b"closed" in self.sent

    def close(self) -> None:
        self.sent.append(b"closed")


def answer() -> tuple[_Answer, list[bytes]]:
    wire = Wire()
    return _Answer(cast(Any, wire), asyncio.get_running_loop()), wire.sent


async def test_head_and_body_are_sent_together() -> None:
    one, sent = answer()
    one.write(b"head")
    one.write(b"body")
    assert sent == [b"headbody"]
    one.write(b"more")
    await asyncio.sleep(0)
    assert sent == [b"headbody", b"more"]


async def test_a_head_whose_body_takes_its_time_goes_alone() -> None:
    one, sent = answer()
    one.write(b"head")
    assert sent == []
    await asyncio.sleep(0)
    assert sent == [b"head"]
    one.write(b"body")
    assert sent == [b"head", b"body"]


async def test_a_head_is_sent_before_the_end() -> None:
    one, sent = answer()
    one.write(b"head")
    one.close()
    await asyncio.sleep(0)
    assert sent == [b"head", b"closed"]
    assert one.is_closing()
