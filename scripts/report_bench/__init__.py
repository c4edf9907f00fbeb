"""What the benchmark of reports is made of: histories, what is asked of them, and floors."""
