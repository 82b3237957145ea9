"""Partners to check the checker with: a right one, and a broken one for each rule."""
