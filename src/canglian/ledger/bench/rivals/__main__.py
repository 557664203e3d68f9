"""Serve one rival: its module is the argument, ``RIVAL_DATABASE_URL`` and ``RIVAL_TOKEN`` stand in the environment."""

import os
import socket
import sys
from importlib import import_module

import uvicorn
import uvloop

from canglian.ledger.bench.rivals.endpoint import Endpoint, Move


async def main(name: str) -> None:
    """Serve until a signal comes; the address is printed once it listens."""
    module = import_module(name)
    rival = await module.Rival.open(os.environ["RIVAL_DATABASE_URL"])
    config = uvicorn.Config(
        Endpoint(rival, os.environ["RIVAL_TOKEN"], getattr(module, "BODY", Move)),
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        backlog=4096,
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        await uvicorn.Server(config).serve([listener])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
