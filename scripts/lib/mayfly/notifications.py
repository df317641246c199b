"""Who is told of alarms, and of what a week and a month cost: the values of the stack's parameters for it."""

import re
import urllib.parse

from .problem import Problem

MAIL = re.compile(r"[^@\s\"\\]+@[^@\s\"\\]+\.[^@\s\"\\]+")
# As deploy/template.yaml has it, which is what EventBridge takes.
ADDRESS = re.compile(r"https://[-_.~/?:@&=+$,%!*;A-Za-z0-9]+")
# The environment's name for the chat's address: a command line can be read by everybody on the machine.
VARIABLE = "MAYFLY_CHAT_WEBHOOK"
FORMATS = ("text", "discord", "teams")
MOST = 2048


def mail(text):
    if text and not MAIL.fullmatch(text):
        raise Problem(f"{text} is no address of mail")
    return text


def webhook(text):
    """The address of a chat's webhook; nothing is none. What is wrong with it is said without it: whoever has it can write there."""
    if not text:
        return text
    if not text.startswith("https://"):
        raise Problem("the chat's webhook is an address that begins with https://")
    if len(text) > MOST:
        raise Problem(f"the chat's webhook has more than {MOST} characters")
    if not ADDRESS.fullmatch(text):
        raise Problem("the chat's webhook has a sign that is in no address: copy it whole, without quotes, blanks or braces")
    if not host(text):
        raise Problem("the chat's webhook names no host")
    return text


def host(address):
    """All of the address that may be shown; nothing where it has none."""
    try:
        parts = urllib.parse.urlsplit(address)
        return parts.hostname or "" if parts.port != 0 else ""
    except ValueError:
        return ""


def chat_format(address):
    """What a chat takes, by whose address it is; most take what Slack takes."""
    name = host(address)
    path = urllib.parse.urlsplit(address).path if name else ""

    def of(*domains):
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)

    if of("discord.com", "discordapp.com"):
        # Discord has an entrance for what is made for Slack.
        return "text" if path.endswith("/slack") else "discord"
    if of("logic.azure.com", "api.powerplatform.com", "webhook.office.com"):
        return "teams"
    return "text"


def chosen_format(text):
    if text not in FORMATS:
        raise Problem(f"ChatFormat is one of {', '.join(FORMATS)}")
    return text


def yes_or_no(text):
    if text not in ("true", "false"):
        raise Problem("it is true or false")
    return text


def dollars(text):
    """An amount a month; 0 is none."""
    # So long a number is a slip; and CloudFormation knows no exponents.
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text):
        raise Problem(f"{text or 'nothing'} is no amount of dollars, such as 500 or 99.50; 0 is none")
    return text


def dollars_a_day(text):
    if float(dollars(text)) < 1:
        raise Problem("DailyBudget is 1 dollar or more")
    return text


CHECKS = {"AlarmEmail": mail, "ChatWebhook": webhook, "ChatFormat": chosen_format, "WeeklyCostMail": yes_or_no, "MonthlyBudget": dollars, "DailyBudget": dollars_a_day}


def completed(settings):
    """With the format of a chat whose address is new, where none is given."""
    address = settings.get("ChatWebhook")
    return settings | {"ChatFormat": chat_format(address)} if address and "ChatFormat" not in settings else settings


def hidden(text, settings):
    """A text of AWS's without the address of the chat."""
    address = settings.get("ChatWebhook")
    return text.replace(address, f"https://{host(address)}/…") if address else text
