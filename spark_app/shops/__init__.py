"""Shops that fill a landing: the public Olist dump replayed day by day, and a small generated shop."""
