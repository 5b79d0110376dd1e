"""Names of months in Indonesian, full and short, and the English ones that time formats read."""

from __future__ import annotations

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Full names first: where both fit, the longer is meant.
INDONESIAN = {
    "januari": "Jan", "februari": "Feb", "pebruari": "Feb", "maret": "Mar", "juni": "Jun",
    "juli": "Jul", "agustus": "Aug", "oktober": "Oct", "november": "Nov", "nopember": "Nov",
    "desember": "Dec", "peb": "Feb", "mei": "May", "agu": "Aug", "ags": "Aug", "agt": "Aug",
    "okt": "Oct", "nop": "Nov", "des": "Dec",
}  # fmt: skip
