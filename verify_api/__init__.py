"""The verification service: it translates between HTTP and `license_lib`, and decides nothing."""
