"""The API for other systems, under /api/v1/: its door, its errors, and version 1 with the routers of the apps."""
