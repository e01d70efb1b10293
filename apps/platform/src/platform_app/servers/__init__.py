"""One module per server: how it is fetched, what it is started with, when it is ready."""
