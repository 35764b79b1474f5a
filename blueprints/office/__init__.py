"""What every desk needs: the settings page and the working calendars."""
