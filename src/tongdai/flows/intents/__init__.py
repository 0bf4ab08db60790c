"""What customers want, in their own words: sets of intents with examples, trained, measured, published in versions."""
