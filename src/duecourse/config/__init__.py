"""Settings, addresses and entry points of each site."""
