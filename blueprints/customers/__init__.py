"""The customer file: who they are, who looks after them, how to reach them; in and out in bulk."""
