"""What the world reads."""
