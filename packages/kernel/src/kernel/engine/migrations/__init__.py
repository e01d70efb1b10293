"""The history of the engine's schema."""
