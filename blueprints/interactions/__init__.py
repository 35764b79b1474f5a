"""What was said to customers and what is next: interactions, planned contacts, the timeline."""
