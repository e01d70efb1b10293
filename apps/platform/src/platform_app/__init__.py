"""The catalog command: brings a whole stack up on this machine."""
