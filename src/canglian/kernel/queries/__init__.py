"""Reading what the kernel keeps: the command log, batches and events, page by page."""
