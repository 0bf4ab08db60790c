"""Chat on websites: the widget, its visitors, their lines."""
