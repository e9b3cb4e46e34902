"""One router a resource, all under `/api/v1`."""
