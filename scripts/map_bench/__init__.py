"""What bench_map.py is made of: one module a figure or two, each with the floor that it is measured against."""
