"""Today, the search page, and the pages about Huifang itself."""
