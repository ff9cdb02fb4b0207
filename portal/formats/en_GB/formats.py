"""“14 May 2025, 08:21”, as pages and mails write it, in the lists of the desk too."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
