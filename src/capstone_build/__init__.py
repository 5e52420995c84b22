"""capstone: make for data work in Python."""
