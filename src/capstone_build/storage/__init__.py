"""The memory between builds: what files hold, what stages saw, and what they left."""
