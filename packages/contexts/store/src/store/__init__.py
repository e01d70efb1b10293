"""The store: the catalogue as shoppers see it, made of what all others tell."""
