"""Orders, payments from several sources, splits and refunds. Empty today."""
