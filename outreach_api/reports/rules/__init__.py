"""What the figures of a report mean, as plain values in and out."""
