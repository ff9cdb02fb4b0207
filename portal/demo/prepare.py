"""What an install needs before its first start, or after the code changed: tables, static files, promises, people.

python -m portal.demo.prepare SLUG
"""

import sys

import django
from django.core.management import call_command


def main(slug: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("loadorganisation", slug)
    from portal.demo import people

    people.create()


if __name__ == "__main__":
    main(sys.argv[1])
