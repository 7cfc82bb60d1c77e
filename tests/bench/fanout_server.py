"""The servers bench_fanout measures, one a process: `product` is the market on uvicorn as `deploy/units` runs it, `raw` the
`websockets` library's own broadcast. Commands come as JSON lines on stdin, answers go out on stdout.
"""

import asyncio
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

Answer = dict[str, Any]
FILES = 20_000


def usage() -> Answer:
    """What the process holds and has used: kB resident, seconds of CPU."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"rss_kb": pages * os.sysconf("SC_PAGE_SIZE") // 1024, "cpu_s": time.process_time()}


def commands(act: Any) -> None:
    """Answer every line of stdin with what `act` returns; the end of stdin ends the process."""
    for line in sys.stdin:
        print(json.dumps(act(**json.loads(line))), flush=True)
    os._exit(0)


def product(port: int, lot_id: int) -> None:
    """The whole ASGI application, one process; `say` places a bid and tells when its room was woken."""
    import django

    django.setup()
    import uvicorn

    from auctions import hub, live
    from auctions.models import Bidder, Lot
    from tests.auctions.factory import bid

    told: dict[int, float] = {}
    reads = 0
    announce, public_states = hub.announce, live.public_states

    def timed(news: Sequence[hub.News]) -> None:
        for one in news:
            told.setdefault(one.state.seq, time.monotonic())
        announce(news)

    def counted(*asked: Any) -> Any:
        nonlocal reads
        reads += 1
        return public_states(*asked)

    hub.announce, live.public_states = timed, counted

    def act(do: str) -> Answer:
        if do == "say":
            lot = Lot.objects.get(pk=lot_id)
            by = Bidder.objects.filter(lot=lot).exclude(pk=lot.leader_id).order_by("pk")[0]
            answer = bid(by, ((lot.price_minor or lot.start_minor) + 20_000_00) // 100)
            return {"seq": answer.seq, "at": told[answer.seq or 0]}
        return usage() | {"reads": reads, "told": told if do == "told" else {}}

    threading.Thread(target=commands, args=(act,), daemon=True).start()
    uvicorn.run(
        "deploy.asgi:application",
        host="0.0.0.0",
        port=port,
        lifespan="off",
        log_level="warning",
        ws_max_size=16 * 1024,
        ws_per_message_deflate=False,
    )


def raw(port: int, frame: str) -> None:
    """The library alone: the same text to every connection, with nothing before or behind it."""
    state, watching = json.loads(frame), set[ServerConnection]()

    async def watch(connection: ServerConnection) -> None:
        watching.add(connection)
        await connection.wait_closed()
        watching.discard(connection)

    async def main() -> None:
        loop = asyncio.get_running_loop()

        async def say() -> Answer:
            state["seq"] += 1
            at = time.monotonic()
            broadcast(watching, json.dumps(state, separators=(",", ":"), ensure_ascii=False))
            return {"seq": state["seq"], "at": at}

        def act(do: str) -> Answer:
            return asyncio.run_coroutine_threadsafe(say(), loop).result() if do == "say" else usage()

        threading.Thread(target=commands, args=(act,), daemon=True).start()
        async with serve(watch, "0.0.0.0", port, compression=None, max_size=16 * 1024, backlog=2048):
            await loop.create_future()

    asyncio.run(main())


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, max(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    kind, port, given = sys.argv[1:]
    if kind == "product":
        product(int(port), int(given))
    else:
        raw(int(port), given)
