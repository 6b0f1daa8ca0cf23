"""What all recognisers read: a text in tokens, and the lists of words by which personal data is known."""
