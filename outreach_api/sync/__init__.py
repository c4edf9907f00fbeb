"""The van comes back online: push what was kept, pull what is needed for an offline day."""
