"""`make bench`: what the product's actions cost, each beside a floor taken in the same run. Never a timed test."""
