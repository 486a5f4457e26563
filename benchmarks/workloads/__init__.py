"""What is measured: the same work, in words that every participant can be built from, and how it is timed."""
