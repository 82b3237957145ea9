"""How one asks a server of many platforms: `/sim/tenants` makes and ends them. Each has all other doors for itself."""
