"""The pages as processes of their own: one, or several that share a port."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import RLock

import uvicorn
from threadpoolctl import threadpool_limits
from tqdm import tqdm
from uvicorn.supervisors import Multiprocess

from config.logging import set_up_logging
from config.settings import Settings
from jobs.cli.feeds import publisher
from jobs.correspondence import correspondence_of
from jobs.forecasting import forecaster_of
from jobs.library import library_of
from store.db import open_engine, session_scope
from store.tokens import signing_key
from web.app import create_app

Clock = Callable[[], datetime]

PATIENCE_SECONDS = 60
"""How long a process may not answer its supervisor before it is replaced: reading texts is work."""


def application(settings: Settings, clock: Clock) -> object:
    """Return the pages with everything that other packages make for them.

    Raises:
        ConfigurationError: If a file of the configuration is wrong, or the model is not installed.
    """
    set_up_logging(settings.log_format, settings.log_level)
    tqdm.set_lock(RLock())  # its own spans processes, and one that is told to end leaves it behind
    threadpool_limits(1, "blas")  # its threads wait for work by spinning, and take it from pages
    engine = open_engine(settings.database_url)
    library = library_of(settings)
    return create_app(
        settings,
        engine,
        clock,
        publisher(settings),
        correspondence_of(settings, engine, clock),
        library=library,
        forecaster=forecaster_of(settings, engine, library),
    )


def serve_pages(
    settings: Settings,
    clock: Clock,
    listens: tuple[str, int],
    processes: int,
    begin: Callable[[], None],
) -> None:
    """Serve the pages until stopped.

    Each of several processes holds texts and model for itself; what is not in the store is shared
    by none, so that it does not matter which of them answers.

    Args:
        settings: Of the installation.
        clock: Tells the present moment; it goes to the other processes by pickle.
        listens: Host and port.
        processes: How many; each uses one core at most for its pages.
        begin: Called when everything is in order, before the first page is served.

    Raises:
        ConfigurationError: If a file of the configuration is wrong, or the model is not installed;
            before any process begins.
    """
    with session_scope(open_engine(settings.database_url)) as session:
        signing_key(session, settings)  # looking at a page makes none
    app = application(settings, clock)
    begin()
    host, port = listens
    if processes == 1:
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)  # type: ignore[arg-type]  # the web alone knows what it is
        return
    served = uvicorn.Config(
        partial(application, settings, clock),
        factory=True,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        workers=processes,
        timeout_worker_healthcheck=PATIENCE_SECONDS,
    )
    Multiprocess(served, sockets=[served.bind_socket()]).run()
