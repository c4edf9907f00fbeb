"""What bench_plan.py is made of: seeded instances, rivals, long runs."""
