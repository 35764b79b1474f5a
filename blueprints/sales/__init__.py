"""What customers bought: products, purchases, payments, and what is due."""
