"""The mechanisms that every area shares. Nothing here knows an area by name."""
