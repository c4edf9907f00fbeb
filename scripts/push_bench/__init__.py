"""What bench_push.py is made of: a world to push into, what phones send, servers, the floor, many years' facts."""
