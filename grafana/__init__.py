"""Floor 6, the control room's window: dashboards as code and their provisioning."""
