"""Many who ask at the same moment are one question: what comes while one is being answered makes the next.

What goes wrong for many may be the fault of one: each half is asked again, unless it is the database that is away.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Together(Generic[Asked, Told]):
    """Collects what is asked in one event loop. `answer` takes at most `at_once` of it and gives each its answer, or what to
    raise, in their order; what it raises itself is raised to all of them."""

    def __init__(
        self, answer: Callable[[Sequence[Asked]], Awaitable[Sequence[Told | Exception]]], at_once: int
    ) -> None:
        self._answer = answer
        self._at_once = at_once
        self._waiting: list[tuple[Asked, asyncio.Future[Told]]] = []
        self._task: asyncio.Task[None] | None = None

    async def of(self, asked: Asked) -> Told:
        """The answer as it is now or a moment later."""
        future: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[: self._at_once], self._waiting[self._at_once :]
            outcomes = await self._outcomes([asked for asked, _ in taken])
            for (_, future), outcome in zip(taken, outcomes, strict=True):
                if future.done():  # nobody waits for it any more
                    continue
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    async def _outcomes(self, asked: Sequence[Asked]) -> Sequence[Told | Exception]:
        try:
            outcomes = await self._answer(asked)
            if len(outcomes) != len(asked):
                raise AssertionError(f"{len(outcomes)} answers to {len(asked)}")
        except (InterfaceError, OperationalError) as error:
            return [error] * len(asked)
        except Exception as error:  # each who asked says so
            if len(asked) == 1:
                return [error]
            half = len(asked) // 2
            return [*await self._outcomes(asked[:half]), *await self._outcomes(asked[half:])]
        return outcomes
