"""The chassis that every context and every app of the catalog stands on."""
