"""`catalog trace`: one trace as a tree. `spans` reads, `tree` draws and asks nobody, `sources` asks."""
