"""The areas of Huifang, one folder per word of the business. Their order stands in `app.AREAS`."""
