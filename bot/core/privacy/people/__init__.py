"""Recognisers of what tells who a person is: names, addresses, dates of birth, links."""
