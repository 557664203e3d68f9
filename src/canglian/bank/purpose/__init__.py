"""Money bound to a purpose: who funded it, whom it may pay, until when, and where it returns. Empty today."""
