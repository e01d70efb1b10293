"""What the gateway does itself; everything else it passes on."""
