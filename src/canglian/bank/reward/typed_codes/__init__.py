"""Codes that somebody shows and another types: wrong ones are counted, so that none is found by trying."""
