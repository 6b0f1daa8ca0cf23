"""The outside, one file a system: YAML files, SQL, identity tokens."""
