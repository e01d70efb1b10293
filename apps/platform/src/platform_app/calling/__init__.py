"""The platform over its gateway, as a program of the command line calls it."""
