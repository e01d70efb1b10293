"""The context of characteristics: what can be said of a product, and which values may be said."""
