"""The bank's own figures, each with its definition and its time. Empty today."""
