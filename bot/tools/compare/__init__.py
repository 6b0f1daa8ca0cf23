"""Two models side by side: `kilat compare`."""
