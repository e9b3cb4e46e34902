"""Floor 7: the command line, the settings, and the composition root that ties the knots."""
