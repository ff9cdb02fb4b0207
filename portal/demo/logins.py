"""The people of the demo and how they sign in. The passwords are public: the demo listens on the loopback only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in to the demo."""

    name: str
    email: str
    password: str


CUSTOMER = Login("Joan Archer", "joan.archer@example.org", "joan-demo-2026")
STAFF = Login("Priya Shah", "priya@staff.example", "priya-demo-2026")
EVERYTHING = Login("Root", "root@staff.example", "root-demo-2026")
PROSPECT_EMAIL = "marek.nowak@example.com"
