"""What keeps running: reads rows, acts on the world, writes the outcome. Never web, never another engine."""
