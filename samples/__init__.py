"""Catalogues to look at, as files for `catalog import`, and the programs that have made them."""
