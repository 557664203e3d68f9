"""Villages: civility points, whole-village credit, collective funds and service points. Empty today."""
