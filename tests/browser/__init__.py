"""What people see, driven through chromium against the real server."""
