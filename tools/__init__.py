"""Set-up and upkeep of the checkout: packages, assets, catalogues. Nothing here runs in the application."""
