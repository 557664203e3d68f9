"""What the engine counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

from canglian.kernel.command import Status

_commands = Counter("canglian_commands", "Commands answered, by outcome.", ["status"])
COMMANDS = {status: _commands.labels(status.value) for status in Status}
BATCHES = Counter("canglian_batches", "Batches committed.", ["book"])
QUEUED = Gauge("canglian_queue", "Movements waiting in a book's line.", ["book"])
BATCH_SECONDS = Histogram(
    "canglian_batch_seconds", "From taking a batch to answering it.", buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
)
