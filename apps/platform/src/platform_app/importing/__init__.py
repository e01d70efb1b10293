"""`catalog import`: a file of rows becomes characteristics, specifications, prices and offerings.

A row is a line of JSON: `rows` reads it, `judge` plans by the contexts' own rules what is to be done with it,
`run` has the port `Catalogue` do that, and `report` remembers what became of it. `gateway` is that port over
HTTP, so that an import does what its user may do, by the use cases that everybody uses.
"""
