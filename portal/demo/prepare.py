"""What an install needs before its first start, or after the code changed: tables, static files, promises, people.

python -m portal.demo.prepare SLUG
"""

import sys
from io import StringIO

import django
from django.core.management import call_command


def main(slug: str) -> None:
    """All of it, in as many lines; what is there already stays as it is."""
    django.setup()
    say("tables")
    call_command("migrate", interactive=False, verbosity=0)
    say("style sheets and pictures")
    call_command("collectstatic", interactive=False, verbosity=0)
    say(f"what {slug} promises")
    call_command("loadorganisation", slug, stdout=StringIO())
    say("Joan, Marek and Priya")
    from portal.demo import news, past, people, requests

    people.create()
    say("a mail to Joan")
    news.create()
    say("people of long ago")
    past.create()
    say("what they ask for")
    requests.create()


def say(words: str) -> None:
    """Progress, for whoever waits for a first start."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
